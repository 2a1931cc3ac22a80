"""`kedro korean` from the command line: pronunciation and hanja, with explanations."""

import json

import pytest
from click.testing import CliRunner, Result

from korean_flashcards.cli import cli
from korean_flashcards.domain.line_wrap import width


def kedro(*args: str) -> Result:
    result = CliRunner().invoke(cli, ["korean", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_several_words_are_shown_as_a_table() -> None:
    lines = kedro("pronounce", "값이", "독립", "tv에서").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["Word", "Sounds", "IPA"], ["값이", "갑씨", "[kap̚.ɕ͈i]"], ["독립", "동닙", "[toŋ.nip̚]"], ["tv에서", "tv에서", "—"]
    ]  # fmt: skip


def test_explain_names_the_articles() -> None:
    out = kedro("pronounce", "독립", "나라", "--explain").stdout
    assert "독립  [동닙]  [toŋ.nip̚]" in out
    assert [line.split() for line in out.splitlines()[1:5:2]] == [
        ["19", "독|립", "독립", "→", "독닙"], ["18", "독|닙", "독닙", "→", "동닙"]
    ]  # fmt: skip
    assert out.endswith("나라  [나라]  [na.ɾa]\n  It is pronounced as it is spelled.\n")


def test_explain_shows_the_other_permitted_pronunciations() -> None:
    assert kedro("pronounce", "햇살", "--explain").stdout.endswith("  Also permitted: [해쌀]\n")
    (found,) = json.loads(kedro("pronounce", "할 수 없다", "--json").stdout)
    assert (found["sounds"], found["also"]) == ("할 수 업따", ["할 쑤 업따"])


def test_a_definition_tells_homographs_apart() -> None:
    (bed,) = json.loads(kedro("pronounce", "잠자리", "--definition", "bed", "--json").stdout)
    (dragonfly,) = json.loads(kedro("pronounce", "잠자리", "--definition", "dragonfly", "--json").stdout)
    assert (bed["sounds"], dragonfly["sounds"]) == ("잠짜리", "잠자리")
    assert bed["steps"][0] == {
        "article": "28", "what": "tensification: this compound has an unwritten 사이시옷",
        "before": "잠자리", "after": "잠짜리", "where": 1, "because": "from its meaning",
    }  # fmt: skip


def test_long_phrases_fit_into_80_columns() -> None:
    phrase = "옷 한 벌을 새로 사서 입고 나갔더니 모두가 예쁘다고 말해 주었다"
    for options in ([], ["--explain"]):
        lines = kedro("pronounce", phrase, "독립", "--linked", *options).stdout.splitlines()
        assert max(map(width, lines)) <= 80
        assert " ".join(phrase.split()) in " ".join(lines)


def test_decomposed_hangul_as_typed_on_macos_is_accepted() -> None:
    assert "[kap̚]" in kedro("pronounce", "\u1100\u1161\u11b9").stdout


def test_hanja_are_shown_with_gloss_and_reading() -> None:
    out = kedro("hanja", "남성", "--definition", "man, male").stdout
    assert out == "남성 “man, male”: 男性\n  男 사내 남: male, man; son; baron\n  性 성품 성: nature, character, sex\n"


def test_explain_shows_why_the_hanja_was_accepted() -> None:
    out = kedro("hanja", "한국어", "--definition", "Korean language", "--explain").stdout
    assert "Why: it is the usual word with this spelling, and a gloss shares a word with" in " ".join(out.split())
    out = kedro("hanja", "남성", "--definition", "man, male", "--explain").stdout
    assert "Why: the table of common words has it for this spelling.\n" in out
    assert "  男性: 男 shares male, man\n" in out and "  南星: no shared word (南 south;" in out


@pytest.mark.parametrize(
    ("word", "definition", "why"),
    [
        ("고봉", "heaped high", "高峰 fits just as well as 高捧, and its characters are more common"),
        ("나무", "tree", "the dictionary has no hanja word with this spelling"),
        ("구두", "shoes", "the table of common words has a word without hanja for this meaning (shoes)"),
        ("생각", "thought", "the table of common words has a word without hanja for this spelling"),
        ("가재", "crayfish", "no gloss of 家財, 歌才 shares a word with the definition"),
        ("혼자", "alone", "no gloss of 婚資 shares a word with the definition"),
        ("피", "blood", "no character taught in schools has this reading and this sense"),
        ("식피", "skin graft", "only one character of 植皮 fits the definition"),
        ("가설적", "to speak", "假設的 is the usual word with this spelling, and 假說的 fits only partially"),
        ("한국어", "the", "the definition has no content words to compare"),
    ],
)
def test_words_without_certain_hanja_get_a_reason(word: str, definition: str, why: str) -> None:
    found = json.loads(kedro("hanja", word, "--definition", definition, "--json").stdout)
    assert (found["accepted"], found["why"]) == (None, why)
    assert (
        f"{word} “{definition}”: could not determine the hanja with certainty."
        in kedro("hanja", word, "--definition", definition).stdout
    )


@pytest.mark.parametrize("args", [("pronounce", "abc"), ("hanja", "tv", "--definition", "television"), ("pronounce",)])
def test_invalid_words_are_an_error(args: tuple[str, ...]) -> None:
    result = kedro(*args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: " in result.stderr and "Traceback" not in result.stderr
