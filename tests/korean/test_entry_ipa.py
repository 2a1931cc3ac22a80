"""Test the IPA of the entries that word lists contain: words, affixes, grammar patterns, and words with digits."""

import pytest

from korean_flashcards.korean.entry_ipa import ipa_of_entry


@pytest.mark.parametrize(
    ("term", "pos", "ipa"),
    [
        ("남성", "noun", "[nam.sʌŋ]"),
        ("신다", "verb", "[ɕin.t͈a]"),
        ("-님", "suffix", "[nim]"),
        ("~지만", "ending", "[tɕi.man]"),
        ("은/는", "particle", "[ɯn nɯn]"),
        ("-(으)시-", "suffix", "[ɯ.ɕi]"),
        ("-고 싶다", "phrase", "[ko ɕip̚.t͈a]"),
        ("-ㅂ니다", "ending", "[sɯm.ni.da]"),
        ("-ㄴ다", "ending", "[nɯn.da]"),
        ("-ㄴ/은", "ending", "[ɯn]"),
        ("-(으)ㄹ게요", "ending", "[ɯl.k͈e.jo]"),
        ("-(으)ㄹ 수 있다", "phrase", "[ɯl su it̚.t͈a]"),
        ("-(으)ㄹ 거예요", "phrase", "[ɯl kʌ.je.jo]"),
        ("-(으)ㄴ", "ending", "[ɯn]"),
        ("-(으)ㄹ 때", "phrase", "[ɯl t͈ɛ]"),
        ("-(으)ㅂ시다", "ending", "[ɯp̚.ɕ͈i.da]"),
        ("-(느)ㄴ다", "ending", "[nɯn.da]"),
        ("-(으)ㄹ까요?", "ending", "[ɯl.k͈a.jo]"),
        ("A/V-고 싶다", "phrase", "[ko ɕip̚.t͈a]"),
        ("N에 대해(서)", "phrase", "[e tɛ.hɛ.sʌ]"),
        ("V-(으)ㄹ 줄 알다", "phrase", "[ɯl tɕul al.da]"),
        ("네, 그래요!", "phrase", "[ne kɯ.ɾɛ.jo]"),
    ],
)
def test_the_ipa_of_an_entry_is_what_is_spoken_of_it(term: str, pos: str, ipa: str) -> None:
    assert ipa_of_entry(term, pos) == ipa


def test_digits_and_latin_letters_need_a_reading() -> None:
    assert ipa_of_entry("10분", "noun") is None
    assert ipa_of_entry("10분", "noun", reading="10 minutes") is None
    assert ipa_of_entry("10분", "noun", reading="십 분") == "[ɕip̚ pun]"
    assert ipa_of_entry("tv에서", "noun", reading="[티브이에서]") == "[tʰi.bɯ.i.e.sʌ]"
    assert ipa_of_entry("남성", "noun", reading="여성") == "[nam.sʌŋ]"
