"""Test that the last complete record after any reasoning is used, not a draft, a sketch, or the repeated request."""

import json

import pytest
from formats.samples import CARDS, NUANCE, TSV_HEADER, TSV_ROWS, TYPES, WORD, text_of

from korean_flashcards.domain.records import DraftCard, ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.judge_reply import CRITERIA, read_judgement
from korean_flashcards.formats.nuance_reply import read_nuance

HOMONYM = NUANCE["homonyms"][0]
# A draft that is complete and longer than the answer.
DRAFT = NUANCE | {"primary_meaning": "a guess " * 20, "homonyms": [HOMONYM] * 5}
OTHER = DRAFT | {"term": "여성[jʌ.sʌŋ]", "homonyms": None}
QUESTION = {"term": WORD, "pos": "noun", "definition": "man", "hanja": "男性"}
GOOD = read_nuance(text_of(NUANCE), WORD, 7)
GOOD_CARDS = [DraftCard(**card) for card in CARDS]
CARD_DRAFTS = [card | {"front": "A draft " * 50} for card in CARDS]

REPLIES = {
    "think": "<think>\nFirst try: {draft}\nNo.\n</think>\n{answer}",
    "think without opening tag": "First try: {draft}? No.\n</think>\n\n{answer}",
    "think in capitals": "<THINK>{draft}</THINK>{answer}",
    "think with attributes": '<think type="long">{draft}</think>{answer}',
    "think twice": "<think>{draft}</think>Wait.<think>{draft}</think>{answer}",
    "think after the answer": "{answer}\n<think>Could it be {draft}?</think>",
    "unclosed think after the answer": "{answer}\n<think>Could it be {draft}?",
    "think in a fence": "```xml\n<think>{draft}</think>\n```\n```json\n{answer}\n```",
    "thinking": "<thinking>{draft}</thinking>\n<answer>{answer}</answer>",
    "reasoning": "<reasoning>{draft}</reasoning>\n<output>\n{answer}\n</output>",
    "thought": "<thought>{draft}\n</thought >{answer}",
    "reflection": "<reflection>{draft}</reflection>{answer}",
    "Mistral": "[THINK]{draft}[/THINK]{answer}",
    "Mistral without opening tag": "{draft}[/THINK]{answer}",
    "Kimi": "◁think▷{draft}◁/think▷{answer}",
    "special tokens": "<|begin_of_thought|>{draft}<|end_of_thought|><|begin_of_solution|>{answer}<|end_of_solution|>",
    "harmony": "<|channel|>analysis<|message|>{draft}<|end|><|start|>assistant<|channel|>final<|message|>{answer}<|return|>",
    "harmony without tokens": "analysisWe need {draft}.assistantfinal{answer}",
    "harmony tool call": "<|channel|>analysis<|message|>{draft}<|end|><|start|>assistant<|channel|>commentary "
    "to=functions.x <|constrain|>json<|message|>{answer}<|call|>",
    "broken draft in think": '<think>maybe {"term": "the "big", man", [\n</think>{answer}',
    "corrected version": "{draft}\n\nWait, let me correct the hanja:\n\n{answer}",
    "corrected version in fences": "```json\n{draft}\n```\nThat is too long. Corrected:\n```json\n{answer}\n```",
    "final answer": "Draft: {draft}\n\nFinal answer:\n{answer}",
    "draft on the same line": "{draft} -> {answer}",
    "answer followed by a fragment": '{answer}\n\nThe entry {"term": "남성", "pos": "noun"} was what you asked for.',
    "answer followed by the request": "{answer}\n\nYou asked: {question}",
    "request before": "{question}\n{answer}",
    "request in the first fence": "You gave me:\n```json\n{question}\n```\nHere it is:\n```json\n{answer}\n```",
    "request in the first fence, unclosed second fence": "```json\n{question}\n```\n```json\n{answer}",
    "sketch of ellipses": 'I return {"term": "…", "ipa": "…", …}:\n{answer}',
    "sketch with dots": 'The format is {"term": "남성", "pos": ..., ...}.\n{answer}',
    "sketch over several lines": '```json\n{\n  "term": "…",\n  "cards": [ … ],\n  ...\n}\n```\n{answer}',
    "sketch without its end": 'Format: {"term": "…", …\n\n{answer}',
    "sketch after": '{answer}\n(That is {"term": …, …}.)',
    "schema before": 'Schema: {"type": "object", "properties": {"term": {"type": "string"}}}\n{answer}',
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_last_complete_record_after_the_reasoning_is_used(reply, indent):
    parts = {"{draft}": DRAFT, "{question}": QUESTION, "{answer}": NUANCE}
    text = reply
    for name, value in parts.items():
        text = text.replace(name, text_of(value, indent))
    assert read_nuance(text, WORD, 7) == GOOD

    question = QUESTION | {"nuance": NUANCE, "card_types": TYPES}
    parts = {"{draft}": {"cards": CARD_DRAFTS}, "{question}": question, "{answer}": {"cards": CARDS}}
    text = reply
    for name, value in parts.items():
        text = text.replace(name, text_of(value, indent))
    assert read_cards(text, WORD, TYPES) == GOOD_CARDS


@pytest.mark.parametrize("reply", [REPLIES["think"], REPLIES["corrected version"], REPLIES["request before"]])
def test_the_last_complete_judgment_is_used(reply):
    good = {"term": WORD, **{name: {"reason": "fine", "rating": 4} for name in CRITERIA}}
    draft = good | {"image": {"reason": "dull " * 20, "rating": 1}}
    parts = {"{draft}": draft, "{question}": {"term": WORD, "nuance": NUANCE}, "{answer}": good}
    for name, value in parts.items():
        reply = reply.replace(name, text_of(value))
    assert read_judgement(reply, WORD).image.rating == 4


def test_reasoning_before_a_table_is_ignored():
    table = "\n".join([TSV_HEADER, *TSV_ROWS])
    draft = table.replace("An oak.", "A draft.")
    for text in (
        f"<think>\n{draft}\n</think>\n{table}",
        f"{draft}\n</think>\n{table}",
        f"{text_of(QUESTION)}\n{table}",
    ):
        assert read_cards(text, WORD, TYPES)[0].back == "An oak."


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("<think>{answer}", "cut_short"), ("<think>\nLet me see: {answer}\nor {answer}", "cut_short"),
        ("[THINK]{answer}", "cut_short"), ("<|channel|>analysis<|message|>{answer}", "cut_short"),
        ("<think>{answer}</think>", "empty"), ("<think>{answer}</think></think>\n", "empty"),
        ("<discarded>{answer}</discarded>", "empty"), ("<!-- {answer} -->\n", "empty"), ("{answer}assistantfinal", "empty"),
        ("<reasoning>{answer}</reasoning>\n\n", "empty"), ("<think>{answer}</think>Done.", "malformed"),
        ("<think>{answer}</think>I'm sorry, I can't.", "refused"),
    ],
)  # fmt: skip
def test_a_record_inside_the_reasoning_is_not_an_answer(reply, code):
    with pytest.raises(ReplyError) as caught:
        read_nuance(reply.replace("{answer}", text_of(NUANCE)), WORD, 7)
    assert caught.value.code == code
    with pytest.raises(ReplyError) as caught:
        read_cards(reply.replace("{answer}", text_of({"cards": CARDS})), WORD, TYPES)
    assert caught.value.code == code


@pytest.mark.parametrize("tag", ["<think>", "</think>", "<thinking>", "[/THINK]", "assistantfinal", "<|channel|>final"])
@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", "Here it is:\n{}"])
def test_a_tag_inside_a_text_is_part_of_the_text(tag, wrap):
    metaphor = f"He writes {tag} and sighs."
    assert read_nuance(wrap.replace("{}", text_of(NUANCE | {"metaphor": metaphor})), WORD, 7).metaphor == metaphor


@pytest.mark.parametrize(
    "reply", ["{other}\n{answer}", "{answer}\n{other}", "<think>{answer}</think>{other}\n{answer}"]
)
def test_of_two_records_the_one_about_the_word_is_used(reply):
    text = reply.replace("{other}", text_of(OTHER)).replace("{answer}", text_of(NUANCE))
    assert read_nuance(text, WORD, 7) == GOOD


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("<think>{answer}</think>{other}", "wrong_word"), ("{question}\n{other}", "wrong_word"), ("{question}", "contract"),
        ("{answer}\nWait, let me correct that:\n{cut}", "cut_short"), ("{draft}\n{broken}", "malformed"),
    ],
)  # fmt: skip
def test_a_draft_is_not_used_if_the_answer_is_unusable(reply, code):
    answer = text_of(NUANCE)
    parts = {"{answer}": answer, "{other}": text_of(OTHER), "{question}": text_of(QUESTION), "{draft}": text_of(DRAFT)}
    parts |= {"{cut}": answer[:400], "{broken}": answer.replace("broad", 'the "big", man')}
    for name, text in parts.items():
        reply = reply.replace(name, text)
    with pytest.raises(ReplyError) as caught:
        read_nuance(reply, WORD, 7)
    assert caught.value.code == code


PLACEHOLDERS = ["string", "…", "...", "<text>", "", "text", {"type": "string"}]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_sketch_with_placeholders_is_rejected(value):
    sketch = {name: value if isinstance(filled, str) else filled for name, filled in NUANCE.items()}
    for record in (sketch | {"term": WORD}, sketch | {"term": WORD, "ipa": "[nam.sʌŋ]", "pos": "noun"}):
        with pytest.raises(ReplyError) as caught:
            read_nuance(text_of(record), WORD, 7)
        assert caught.value.code == "contract"
    text = f"Format: {text_of(sketch)}\n{text_of(NUANCE)}"
    assert read_nuance(text, WORD, 7) == GOOD
    assert read_nuance(f"{text_of(NUANCE)}\nAs in {text_of(sketch)}", WORD, 7) == GOOD


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_cards_with_placeholders_are_rejected(value):
    sketch = {"cards": [card | {"front": value, "back": value} for card in CARDS]}
    with pytest.raises(ReplyError) as caught:
        read_cards(text_of(sketch), WORD, TYPES)
    assert caught.value.code == "contract" and {problem.field for problem in caught.value.problems} == set(TYPES)
    assert read_cards(f"{json.dumps(sketch)}\n{text_of({'cards': CARDS})}", WORD, TYPES) == GOOD_CARDS


def test_a_few_short_texts_are_not_placeholders():
    """The meaning of 줄 is "string"."""
    short = {"primary_meaning": "string", "metaphor_noun": "string", "anchor_object": "string"}
    assert read_nuance(text_of(NUANCE | short), WORD, 7).anchor_object == "string"
    assert read_cards(text_of({"cards": [CARDS[0] | {"back": "string"}, CARDS[1]]}), WORD, TYPES)[0].back == "string"
