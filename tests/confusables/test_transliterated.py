"""Test that English words in Hangul are recognized."""

from korean_flashcards.confusables import transliterated

PAIRS = {
    "코트": "coat", "스카이": "sky", "퀸": "queen", "매직": "magic", "위스키": "whisky", "노트": "note",
    "케이크": "cake", "너클": "knuckle", "드라마": "drama", "쓰리": "three", "라디오": "radio",
    "브라더": "brother", "룰": "rule", "라이트": "write", "쇼": "show", "사이트": "site", "센터": "center",
    "땡큐": "thankyou", "지퍼": "zipper", "브리지": "bridge", "챔피언": "champion", "투나": "tuna",
    "커피": "coffee", "파일": "file", "포토": "photo", "후": "who", "핸드": "hand", "램": "lamb", "컵": "cup",
    "팁": "tip", "캣": "cat", "배드": "bad", "킹": "king", "싱크": "sink", "굿": "good", "배스": "bath",
    "버스": "bus", "돌핀": "dolphin", "웨이브": "wave", "요가": "yoga", "오븐": "oven", "배그": "bag",
}  # fmt: skip


def test_a_search_for_letters_rules_out_no_word_that_matches_the_pattern() -> None:
    found = set()
    for word in PAIRS:
        pattern = transliterated._pattern(word)
        assert pattern is not None
        for english in {*PAIRS.values(), *(f"{one}s" for one in PAIRS.values())}:
            matches = pattern.fullmatch(english) is not None
            assert transliterated._spells(word, english) == matches, (word, english)
            found |= {(word, english)} if matches else set()
    assert found > {*PAIRS.items()}
