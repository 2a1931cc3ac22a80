"""Test that labeled drafts are not answers, and that corrections after a complete reply replace the parts they name."""

import pytest
from formats.samples import CARDS, NUANCE, TYPES, WORD, text_of

from korean_flashcards.domain.records import DraftCard, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.draft_labels import is_draft_key, is_draft_label
from korean_flashcards.formats.nuance_reply import read_nuance

DRAFT = NUANCE | {"primary_meaning": "a guess " * 20}
GOOD = read_nuance(text_of(NUANCE), WORD, 7)
GOOD_CARDS = [DraftCard(**card) for card in CARDS]
CARD_DRAFTS = [card | {"front": "A draft " * 50} for card in CARDS]

LABELED = {
    "tag": "<answer>{answer}</answer>\n<discarded>{draft}</discarded>",
    "tag with talk": "{answer}\n<rejected_version>\nI first had {draft}, which is dull.\n</rejected_version>",
    "tag in capitals": "{answer}\n<PREVIOUS>\n{draft}\n</PREVIOUS>",
    "comment": "{answer}\n<!-- first version: {draft} -->",
    "comment before": "<!--\n{draft}\n-->\n{answer}\n<!-- done -->",
    "parentheses": "Final answer:\n{answer}\n\n(Rejected alternative: {draft})",
    "before": "After:\n{answer}\n\nBefore:\n{draft}",
    "bold before": "**After**\n```json\n{answer}\n```\n\n**Before:**\n```json\n{draft}\n```",
    "earlier version": "{answer}\n\n## Self-check\nMy earlier version was {draft} and was worse.",
    "old": "{answer}\n\nOld version:\n{draft}",
    "first draft": "{answer}\n\nFor reference, my first draft was:\n\n{draft}",
    "instead of": "{answer}\nThis replaces it. Instead of the previous answer: {draft}",
    "alternative": "{answer}\n\nAlternative (not used): {draft}",
    "Korean": "최종 답변:\n{answer}\n\n초안: {draft}",
    "Korean before": "수정 후: {answer}\n수정 전: {draft}",
    "not used": "{answer}\n\nA previous attempt, not used:\n{draft}",
    "option": "Option A (chosen): {answer}\nOption B (rejected): {draft}",
    "first tried": "{answer}\nI first tried {draft}, but it was dull.",
    "had before": "{answer}\n\nHere is what I had before:\n{draft}",
    "version I rejected": "{answer}\n\nThe version I rejected:\n{draft}",
    "heading": "### Final\n```json\n{answer}\n```\n### Earlier draft (for the record)\n```json\n{draft}\n```",
    "summary": "{answer}\n<details><summary>Old version</summary>\n{draft}\n</details>",
    "not this": "{answer}\nNot this: {draft}",
    "block comment": "{answer}\n/* {draft} */",
    "line comment": "{answer}\n// old: {draft}",
    "Korean sentence": "{answer}\n버린 초안은 다음과 같습니다: {draft}",
    "status": '[{"status": "final", "record": {answer}}, {"status": "draft", "record": {draft}}]',
    "strikethrough": "{answer}\n~~{draft}~~",
    "two drafts after": "{answer}\nDraft 1: {draft}\nDraft 2: {draft}",
    "last of drafts": "Draft 1: {draft}\nDraft 2: {answer}",
    "improved": "Draft: {draft}\n\nImproved draft:\n{answer}",
    "said before": "{draft}\nThat was my first idea. The corrected version of my earlier draft:\n{answer}",
    "key rejected": '{"answer": {answer}, "rejected": {draft}}',
    "key discarded": '{"discardedVersion": {draft}, "answer": {answer}}',
    "key previous": '{"final": {answer}, "previous_attempt": {draft}}',
    "key before": '{"after": {answer}, "before": {draft}}',
    "key alternative": 'Here:\n{"result": {answer}, "alternatives": [{draft}]}',
    "key first draft": '{"final_draft": {answer}, "first_draft": {draft}}',
    "key initial answer": '{"output": {"revised_answer": {answer}, "initial_answer": {draft}}}',
    "key in Korean": '{"답변": {answer}, "초안": {draft}}',
    "versions in a list": "[{draft}, {answer}]",
    "versions with numbers": '[{"version": 1, "record": {draft}}, {"version": 2, "record": {answer}}]',
    "closing tag after": "{answer}\n</think>",
    "closing tags": "{draft}</think>{answer}</think>\n",
    "closing tag in brackets": "{answer}[/THINK]",
    "channel": "<|channel>thought\n{draft}<channel|>{answer}",
}


@pytest.mark.parametrize("reply", LABELED.values(), ids=LABELED)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_labeled_draft_is_not_the_answer(reply, indent):
    text = reply.replace("{draft}", text_of(DRAFT, indent)).replace("{answer}", text_of(NUANCE, indent))
    assert read_nuance(text, WORD, 7) == GOOD
    text = reply.replace("{draft}", text_of({"cards": CARD_DRAFTS}, indent))
    assert read_cards(text.replace("{answer}", text_of({"cards": CARDS}, indent)), WORD, TYPES) == GOOD_CARDS


@pytest.mark.parametrize("label", ["Draft: ", "Alternative:\n", "My first version:\n\n", "~~"])
def test_the_only_record_is_used_even_if_it_is_labeled(label):
    assert read_nuance(f"{label}{text_of(NUANCE)}", WORD, 7) == GOOD
    assert read_cards(f"{label}{text_of({'cards': CARDS})}", WORD, TYPES) == GOOD_CARDS


@pytest.mark.parametrize(
    "before",
    ["Here is the record:\n", "Corrected: ", "The previous one was wrong. Now: ", "First card:\n", "Scene:\n",
     "New version:\n", "I rejected my first draft, so here is the final one:\n", "After:\n```json\n",
     "Before you read on, my answer: ", "So I wrote:\n", "I wrote: ",
     "Here is what I came up with:\n", "I replaced the old image: "],
)  # fmt: skip
def test_other_labels_do_not_name_a_draft(before):
    assert not is_draft_label(before)


def test_keys_of_records_do_not_name_a_draft():
    for key in (*NUANCE, "Scene", "cards", "answer", "final_draft", "newVersion", "result"):
        assert not is_draft_key(key), key


CORRECTIONS = {
    "label": "{draft}\nCorrection:\n{change}",
    "fence": "```json\n{draft}\n```\nThe place is dull. Revised fields:\n```json\n{change}\n```",
    "no label": "{draft}\n{change}",
    "actually": "{draft}\n\nActually, I would rather write: {change}",
    "two corrections": "{draft}\nFix: {first}\nAnd again: {change}",
    "patch": "{draft}\n```json\n{patch}\n```",
    "pairs": "{draft}\nChanged: {pairs}",
    "wrapped": '{draft}\n{"correction": {change}}',
    "with the term": "{draft}\nRevised: {with_term}",
}


@pytest.mark.parametrize("reply", CORRECTIONS.values(), ids=CORRECTIONS)
def test_fields_after_a_complete_record_correct_it(reply):
    change = {"suggested_location": "an attic", "metaphor": "An oak in an attic."}
    parts = {"draft": DRAFT, "change": change, "first": {"metaphor": "An ash."}, "with_term": {"term": WORD} | change}
    parts |= {"patch": [{"op": "replace", "path": f"/{name}", "value": text} for name, text in change.items()]}
    parts |= {"pairs": [{"field": name, "value": text} for name, text in change.items()]}
    for name, value in parts.items():
        reply = reply.replace(f"{{{name}}}", text_of(value))
    assert read_nuance(reply, WORD, 7) == read_nuance(text_of(DRAFT | change), WORD, 7)


@pytest.mark.parametrize(
    "after",
    [
        'You asked: {"term": "남성", "pos": "verb"}', 'Before: {"metaphor": "An ash."}',
        '{"term": "여성", "metaphor": "A rose."}',
        'The format is {"metaphor": "one or two sentences"}', '{"metaphor": "…"}', '{"metaphor": "A", "score": 5}',
        'For the next word: {"metaphor": "A rose."}', '{"pos": "verb", "term": "남성", "definition": "man"}', "[1, 2]",
    ],
)  # fmt: skip
def test_other_values_after_a_record_do_not_change_it(after):
    assert read_nuance(f"{text_of(NUANCE)}\n{after}", WORD, 7) == GOOD


SCENE, HANJA = CARDS
SCENE_DRAFT = SCENE | {"front": "A draft?", "back": "A draft."}


@pytest.mark.parametrize(
    "after",
    [
        "Revised Scene:\n{scene}", "```json\n{scene}\n```", 'Correction: {"cards": [{scene}]}',
        'I changed it: {"Scene": {scene}}',
        "Wait.\n{part}", "Better:\n[{scene}]", "Old: {draft}\nNew: {scene}", "{scene}\nOld card: {draft}",
    ],
)  # fmt: skip
def test_a_card_after_complete_cards_replaces_the_card_of_its_type(after):
    part = {name: SCENE[name] for name in ("tab_name", "front", "back")}
    after = (
        after.replace("{scene}", text_of(SCENE))
        .replace("{part}", text_of(part))
        .replace("{draft}", text_of(SCENE_DRAFT))
    )
    for cards in ({"cards": [SCENE_DRAFT, HANJA]}, [HANJA, SCENE_DRAFT]):
        assert read_cards(f"{text_of(cards)}\n{after}", WORD, TYPES) == GOOD_CARDS
        assert read_cards(f"```json\n{text_of(cards, 2)}\n```\n{after}", WORD, TYPES) == GOOD_CARDS


@pytest.mark.parametrize(
    "after",
    ["My old Scene was: {draft}", "Rejected: {draft}", "<!-- {draft} -->", 'For example: {"tab_name": "Scene", "back": "x"}',
     'Schema: {"tab_name": "Scene", "front": "...", "back": "..."}', '{"tab_name": "Cultural", "front": "a", "back": "b"}'],
)  # fmt: skip
def test_other_cards_after_complete_cards_do_not_change_them(after):
    text = f"{text_of({'cards': CARDS})}\n{after.replace('{draft}', text_of(SCENE_DRAFT))}"
    assert read_cards(text, WORD, TYPES) == GOOD_CARDS


def test_one_card_per_line_may_have_ordinal_labels():
    text = f"First card:\n{text_of(SCENE)}\nSecond card:\n{text_of(HANJA)}"
    assert read_cards(text, WORD, TYPES) == GOOD_CARDS


def test_an_incomplete_correction_is_never_ignored():
    for cut in (text_of(NUANCE)[:300], text_of({"metaphor": "An oak in an attic"})[:-4]):
        with pytest.raises(ReplyError) as caught:
            read_nuance(f"{text_of(DRAFT)}\nCorrection: {cut}", WORD, 7)
        assert caught.value.code == "cut_short"
