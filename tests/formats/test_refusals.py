"""Test that refusals are recognized in several languages, and that a quoted apology is not a refusal."""

import json

import pytest
from formats.samples import CARDS, NUANCE, TYPES, WORD, text_of

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats import refusals
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.formats.refusals import refusal

REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, I can’t.",
    "I can't help with that.",
    "I cannot do this.",
    "I won't.",
    "Sorry, I can't.",
    "Sorry, no.",
    "I'm sorry.",
    "I must decline.",
    "I have to decline this request.",
    "I am unable to.",
    "I'm not comfortable with this topic.",
    "Unable to comply.",
    "Can't help with that.",
    "As an AI, I do not discuss this.",
    "This request violates the content policy.",
    "I apologize, but I cannot provide that.",
    "Unfortunately, I'm not able to.",
    "I understand that you are learning Korean. However, I can't write about this word.",
    "Request refused.",
    "I'm really sorry, but this word is offensive.",
    "I understand you're creating flashcards; however, I must respectfully decline to produce this content.",
    "I'd love to help with Korean, but I can't write about this word.",
    "Thank you for your message — but unfortunately I am not able to provide that.",
    "This is a sensitive term, so I will politely decline.",
    "(Sorry, I can't help with that.)",
    "Lo siento, no puedo ayudarte con eso.",
    "Je suis désolé, mais je ne peux pas répondre à cette demande.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.",
    "Извините, я не могу помочь с этим запросом.",
    "죄송합니다.",
    "죄송하지만 그 요청은 도와드릴 수 없습니다.",
    "죄송합니다. 이 단어에 대한 분석은 제공할 수 없습니다.",
    "미안하지만 도와줄 수 없어요.",
    "해당 요청에는 응답할 수 없습니다.",
    "요청하신 내용은 제공하기 어렵습니다.",
    "안녕하세요. 죄송하지만 답변드릴 수 없습니다.",
    "저는 이 단어의 카드를 작성할 수 없습니다.",
    "유감스럽지만 이 요청은 거절하겠습니다.",
    "**죄송합니다만**, 해당 콘텐츠는 생성이 불가합니다.",
    "申し訳ありませんが、お手伝いできません。",
    "申し訳ございませんが、その内容にはお答えできません。",
    "すみません、対応できません。",
    "この単語についての回答は提供できません。",
    "ご要望にはお応えしかねます。",
    "抱歉，我无法提供帮助。",
    "很抱歉，我不能回答这个问题。",
    "对不起，我無法協助您。",
    "我无法完成该请求。",
    "非常抱歉，這個請求我不能處理。",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_recognized_and_not_requested_again(text):
    replies = (text, f"{text}\n", f"<think>Is it allowed?</think>{text}", json.dumps(text), text_of({"error": text}))
    for reply in (*replies, text_of({"cards": [], "message": text}), f'{text} {{"term": "남성"}}'):
        for read in (lambda reply: read_nuance(reply, WORD, 1), lambda reply: read_cards(reply, WORD, TYPES)):
            with pytest.raises(ReplyError) as caught:
                read(reply)
            assert caught.value.code is FailureCode.REFUSED, reply
    assert not KINDS[FailureCode.REFUSED].retry


MARKDOWN = [
    # The case b08d.
    "**죄송하다** [tɕwe.soŋ.ɦa.da]\n\n- Meaning: to be sorry, to apologise. What you say when you step on a foot: "
    '"I\'m sorry" (죄송합니다).\n- Register: humble; to friends 미안하다.\n',
    "# 미안하다\n\n- I'm sorry, I can't come: 미안하지만 못 가요.\n- I cannot: 못\n",
    "## 못하다\n\n**Meaning**: cannot do. As in “I can't swim” and 'I can't help it'.\n\n1. I can't sing: 노래를 못해요.",
    "| word | meaning |\n|---|---|\n| 죄송하다 | I'm sorry, but I can't |\n| 못 | 할 수 없습니다 |",
    "**거절하다** means to refuse.\n\n> 죄송하지만 도와드릴 수 없습니다.\n> I'm sorry, but I can't help you.",
    "The word 죄송하다 means to be sorry: you say `I'm sorry, I can't` when you decline.",
    "죄송하다: 「申し訳ありません」や「すみません」という意味です。",
    "**抱歉** 是韩语的「죄송하다」。例如：“很抱歉，我不能去。”",
    "죄송하다는 잘못을 사과할 때 쓰는 말입니다. 예를 들면 '죄송하지만 갈 수 없습니다'와 같이 씁니다.",
    "The oak stands alone. You feel it: I can't wait to go on.",
    "**이십**\n\nUse it when you say \"I'm sorry, I can't help you\" (죄송하지만 도와드릴 수 없습니다).",
    "말씀 is what you say in 'I'm sorry, but I can't help you with that' (申し訳ありませんが、お手伝いできません).",
    "The word is what a clerk says: ‘I’m sorry, I can’t do this’ (죄송하지만 제공할 수 없습니다), humbly.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_the_quick_search_misses_no_refusal(text):
    inside = [f"{text[:at]}**{text[at:]}" for at in range(len(text))]
    quoted = [text.replace(" ", mark) for mark in (" `or` ", ' "so" ', " (or so) ", "\n", "  ")]
    letters = [
        text.replace("i", "\u0131").replace("s", "\u017f"),
        text.replace("k", "\u212a"),
        text.replace("i", "\u0130"),
    ]
    for variant in (text, text.upper(), text.title(), *inside, *quoted, *letters):
        slow = refusals._REFUSAL.search(refusals._start_of_prose(variant)) or refusals._SHORT.match(variant)
        assert (refusal(variant) is not None) == (slow is not None), variant


@pytest.mark.parametrize("text", MARKDOWN)
def test_a_quoted_apology_is_not_a_refusal(text):
    assert refusal(text) is None
    with pytest.raises(ReplyError) as caught:
        read_nuance(text, "죄송하다", 1)
    assert caught.value.code is FailureCode.MALFORMED


@pytest.mark.parametrize("text", REFUSALS)
def test_a_complete_record_is_read_despite_an_apology(text):
    record = NUANCE | {"explanation": text, "usage_context": text}
    for reply in (text_of(record), f"{text}\n\n{text_of(record)}", f"```json\n{text_of(record)}\n```\n{text}"):
        assert read_nuance(reply, WORD, 1).explanation == text
    cards = {"cards": [card | {"back": f"{text} ({card['tab_name']})"} for card in CARDS]}
    assert read_cards(f"{text}\n{text_of(cards)}", WORD, TYPES)[0].back.startswith(text)
