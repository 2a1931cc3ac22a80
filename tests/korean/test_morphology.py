"""Test dictionary forms and noun stems. Most tests need kiwipiepy."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from korean.tables import read_table

from korean_flashcards.korean import morphology
from korean_flashcards.korean.ipa import ipa_of
from korean_flashcards.korean.morphology import AnalyserMissing, Morpheme, analyse, lemma, noun_stem
from korean_flashcards.korean.pronunciation import pronounce


def test_without_the_analyzer_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(morphology, "_loaded", None)
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    with pytest.raises(AnalyserMissing, match=r"pip install 'kiwipiepy"):
        lemma("이 말은 아직 분석하지 않았다")
    with pytest.raises(ImportError):
        analyse("이 말도 분석하지 않았다")
    assert ipa_of("독립") == "[toŋ.nip̚]"


class TestWithTheAnalyzer:
    """Test with kiwipiepy, which takes seconds to load. The first test that needs it loads it for all."""

    @pytest.fixture(autouse=True)
    def _analyzer(self) -> None:
        pytest.importorskip("kiwipiepy")

    def test_several_threads_load_it_only_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with ThreadPoolExecutor(4) as threads:
            loaded = {id(analyzer) for analyzer in threads.map(lambda _: morphology._analyser(), range(8))}
        assert len(loaded) == 1

    def test_morphemes_have_indexes_in_the_text(self) -> None:
        assert analyse("내가") == [Morpheme("나", "NP", 0, 1), Morpheme("가", "JKS", 1, 2)]
        assert analyse("간다") == [Morpheme("가", "VV", 0, 1), Morpheme("ㄴ다", "EF", 0, 2)]
        assert analyse("") == []

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("내가", "나"),
            ("걸어서", "걷다"),
            ("문을", "문"),
            ("학교에서", "학교"),
            ("학교", "학교"),
            ("들었어", "듣다"),
            ("추워서", "춥다"),
            ("공부했어요", "공부하다"),
            ("행복한", "행복하다"),
            ("학생입니다", "학생"),
            ("사람들이", "사람"),
            ("그들은", "그들"),
            ("선생님께", "선생님"),
            ("그리고", "그리고"),
            ("남자친구", "남자친구"),
            ("먹다", "먹다"),
            ("밥을 먹었다", "밥 먹다"),
            ("내말", "내말"),
            ("tv에서", "tv"),
            ("", ""),
        ],
    )
    def test_words_have_their_dictionary_form(self, text: str, expected: str) -> None:
        assert lemma(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("문을", "문"),
            ("학교에서는", "학교"),
            ("사람들이", "사람"),
            ("학생입니다", "학생"),
            ("대학생", "대학생"),
            ("내가", None),
            ("걸어서", None),
            ("공부하다", None),
            ("빨리", None),
            ("10분", None),
            ("밥을 먹었다", None),
            ("", None),
        ],
    )
    def test_only_nouns_have_a_noun_stem(self, text: str, expected: str | None) -> None:
        assert noun_stem(text) == expected

    def test_its_morphemes_improve_the_pronunciation(self) -> None:
        assert ipa_of("갈게", morphemes=analyse("갈게")) == "[kal.k͈e]"
        assert ipa_of("길게", morphemes=analyse("길게")) == "[kil.ɡe]"
        assert ipa_of("앉아", morphemes=analyse("앉아")) == "[an.dʑa]"

    def test_its_morphemes_never_break_the_pronunciation(self) -> None:
        for table, column in (("pronunciation.tsv", "pronunciation"), ("vocabulary.tsv", "sounds")):
            for row in read_table(table):
                assert pronounce(row["word"], morphemes=analyse(row["word"]))[0] == row[column], row
