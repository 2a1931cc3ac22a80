"""The parameter ``language``: a field in requests, except for English, whose requests keep their bytes."""

import json

import pytest

from korean_flashcards.checks.reply_check import nuance_quality_check
from korean_flashcards.domain.explanation_language import FIELD, LANGUAGES, language_of
from korean_flashcards.domain.parameters import LanguageCode
from korean_flashcards.domain.records import FailureCode, Problem, ReplyError
from korean_flashcards.formats.repair import repair_request
from korean_flashcards.pipelines.flashcards import nodes as flashcards
from korean_flashcards.pipelines.nuance import nodes as nuance
from korean_flashcards.pipelines.quality import judge_nodes

WORD = dict.fromkeys(nuance.KNOWN_COLUMNS) | {"term": "우산", "pos": "명사", "definition": "umbrella"}
RECORD = {
    "term": "우산[u.san]", "ipa": "[u.san]", "pos": "noun", "primary_meaning": "Regenschirm", "other_meanings": None,
    "metaphor": "Ein Haufen Schirme tropft an der Haltestelle und öffnet sich beim ersten Tropfen auf einmal.",
    "metaphor_noun": "Haufen Schirme", "metaphor_action": "öffnet sich beim ersten Tropfen",
    "suggested_location": "die Haltestelle vor einem Laden", "anchor_object": "ein verbogener Griff",
    "anchor_sensory": "nasses Nylon am Handgelenk, der Geruch von Regen", "usage_context": None, "comparison": None,
    "explanation": "Man sagt 우산을 쓰다 und 우산을 펴다, gezählt wird mit 개, und geschrieben wie gesprochen.",
    "homonyms": None, "korean_keywords": ["우산"],
}  # fmt: skip


def test_requests_for_english_keep_their_bytes() -> None:
    assert nuance._user_text(WORD, None, "en") == '{"term": "우산", "pos": "명사", "definition": "umbrella"}'
    assert list(json.loads(flashcards._user_text(RECORD, ["Scene"], "en"))) == ["term", "nuance", "card_types"]
    assert list(json.loads(judge_nodes._user_text(RECORD, [], {}, [], "en", 1))) == ["term", "nuance", "cards"]


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_requests_for_other_languages_name_the_language(code: LanguageCode) -> None:
    name = LANGUAGES[code].name
    for text in (
        nuance._user_text(WORD, ["양산 (parasol)"], code),
        flashcards._user_text(RECORD, ["Scene"], code),
        judge_nodes._user_text(RECORD, [], WORD, [], code),
    ):
        request = json.loads(text)
        assert request[FIELD] == name and language_of(request).code == code


def test_a_reply_in_the_language_is_accepted() -> None:
    german, japanese = (nuance._user_text(WORD, None, code) for code in ("de", "ja"))
    assert nuance_quality_check(german)(json.dumps(RECORD)) == ()
    record = RECORD | {"explanation": "우산は「雨傘」という漢字語で、쓰다や펴다と一緒に使う。"}
    assert nuance_quality_check(japanese)(json.dumps(record)) == ()
    assert [problem.field for problem in nuance_quality_check(german)(json.dumps(record))] == ["explanation"]


def test_a_request_for_a_repair_names_the_language_too() -> None:
    error = ReplyError(FailureCode.CONTRACT, "wrong", (Problem("explanation", "wrong"),))
    for code, names in {"en": None, "de": "German"}.items():
        repair = repair_request("nuance", json.dumps(RECORD), error, nuance._user_text(WORD, None, code))
        assert json.loads(repair or "{}").get(FIELD) == names
