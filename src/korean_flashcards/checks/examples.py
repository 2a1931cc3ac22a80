"""Check that a card's examples contain the word."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.occurrence import occurs_in
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.near import stem

NO_EXAMPLE_HAS_THE_WORD = Check(
    "no_example_has_the_word", Severity.WARNING, "The card has Korean examples, but none contains the word.",
    "Searches the translated Korean examples on the back for the word or an inflected form of it.",
    needs_morphology=True,
)  # fmt: skip
EXAMPLE_WITHOUT_WORD = Check(
    "example_without_word", Severity.NOTE, "An example contains neither the word nor a related word.",
    "Searches each translated Korean sentence for the word, comparison.vs, a keyword, or a word that the card explains.",
    needs_morphology=True,
)  # fmt: skip
# 네, 잘 먹겠습니다
_ANSWERED = frozenset(("phrase", "interjection"))
_OTHER_SENTENCES = frozenset(("Formal-Casual", "Cultural"))
_FEWEST_ASKED = 2  # content words
_CONTRAST = lazy_regex(r"\b(?:third|another|other|others|differ\w*|instead|unlike|opposite|contrast|joking|idiom)\b")
_SAY = lazy_regex(r"\b(?:say|use|take|choose|is)[: ]*$", re.I)
_DENIED = lazy_regex(r"\b(?:not|never|no|cannot|neither|nor)\b|n['’]t\b")
_INTRODUCED = lazy_regex(
    r"(?:[a-z가-힣)’'”\"\]][:,]"
    r"|\b(?:says?|asks?|answers?|replies|calls?|shouts?|adds?|nods?|mutters?|whispers?|laughs?)) [‘“\"']?$"
)
_HANGUL = lazy_regex("[가-힣]+")
_PARTICLES = frozenset("은는이가을를에의도로와과고")

CHECKS = (NO_EXAMPLE_HAS_THE_WORD, EXAMPLE_WITHOUT_WORD)


def examples_of_card(card: Card) -> Iterator[Finding]:
    """Report cards whose examples never contain the word, and examples with neither the word nor a related word.

    Hanja cards are skipped because they list related words. A card that explains the word in its text may show examples
    with related words. For particles and endings, one example with the word is enough because examples with other
    particles show the contrast. The same applies to set phrases and interjections, because other examples show the answer
    to them, to Formal-Casual cards, because other listeners need other words, and to Cultural cards, because people say
    other sentences on the same occasion. Later examples that a clause introduces may contrast the word with others, or
    answer.
    """
    analysis = card.analysis
    sentences = [snippet.korean for snippet in card.snippets if snippet.is_sentence]
    if not sentences or card.tab_name == "Hanja":
        return
    if not any(analysis.occurs_in(snippet.korean) for snippet in card.snippets):
        if _are_about_the_word(card, sentences):
            return
        message = f"no example contains {analysis.word}; the first example is “{sentences[0]}”"
        yield NO_EXAMPLE_HAS_THE_WORD.at("back", message)
        return
    if (
        card.tab_name in _OTHER_SENTENCES
        or analysis.is_bound
        or (analysis.text("pos") in _ANSWERED and not _is_dictionary_form(analysis.word))
    ):
        return
    has_word = [analysis.occurs_in(snippet.korean) for snippet in card.snippets]
    if all(has_word):
        return
    related = _related_words(card)
    shown = [snippet.korean for snippet in card.snippets]
    for at, sentence in enumerate(shown):
        is_contrasted = any(has_word[:at]) and _is_introduced(card, shown[_first_of_row(card, has_word, at)])
        if sentence not in sentences or has_word[at] or is_contrasted:
            continue
        is_asked = _is_asked(card.snippets[at].translation, card.front)
        if not (
            is_asked
            or _is_contrast(card, sentence)
            or _is_dialogue(shown, has_word, at)
            or _says_more(card, has_word, at)
            or any(occurs_in(each, sentence) for each in related)  # last, because it may need the analyzer
        ):
            yield EXAMPLE_WITHOUT_WORD.at("back", f"“{sentence}” is not an example of {analysis.word}")


def _are_about_the_word(card: Card, sentences: list[str]) -> bool:
    """Return whether the card is about the word although its examples do not have it.

    They may show what people say on the day or in the place, other words with a part of this one, or the answer.
    """
    analysis = card.analysis
    if analysis.has_part_in("\n".join(sentences)) or (card.tab_name == "Cultural" and analysis.word in card.back):
        return True
    if card.tab_name == "Grammar" and analysis.has_part_in(card.back):
        return True  # the card shows the endings of a proverb with other verbs
    if not analysis.occurs_in(card.back):
        return False
    if card.tab_name == "Scene" and all(_is_introduced(card, sentence) for sentence in sentences):
        return True  # somebody in the scene speaks
    related = _related_words(card)
    return any(_is_asked(snippet.translation, card.front) for snippet in card.snippets) or any(
        occurs_in(word, sentence) for sentence in sentences for word in related
    )


def _related_words(card: Card) -> list[str]:
    analysis = card.analysis
    parts = map(stem, analysis.word.split()[:-1])
    return [each for each in (analysis.vs, *analysis.keywords, *parts, *_discussed(card)) if each]


def _is_contrast(card: Card, sentence: str) -> bool:
    """Return whether the words before the example say that it has another word: “… is a third word: 오늘은 추워요.”

    The sentence before may deny the word: “Your aunt is not worn out. Say 나이가 많으세요.”
    """
    before = card.back.partition(sentence)[0].rpartition("\n")[2]
    *earlier, clause = re.split(r"[.?!]['’”\"]* ", before)
    if _SAY.search(clause) and earlier and card.tab_name == "Usage-Comparison":
        return _DENIED.search(earlier[-1]) is not None
    return clause.rstrip().endswith(":") and _CONTRAST.search(clause) is not None


def _first_of_row(card: Card, has_word: list[bool], at: int) -> int:
    """Return the first of the examples without the word that stand directly before the example, one after the other."""
    while at > 0 and not has_word[at - 1]:
        between = card.back.partition(card.snippets[at - 1].translation)[2].partition(card.snippets[at].korean)[0]
        if re.search(r"\w|\n", between):
            break
        at -= 1
    return at


def _is_introduced(card: Card, sentence: str) -> bool:
    """Return whether an English clause introduces the example: After a vowel it is 를: 잡지를 읽어요."""
    return _INTRODUCED.search(card.back.partition(sentence)[0]) is not None


def _is_asked(translation: str, front: str) -> bool:
    """Return whether the front asks for the example: “… water to a flower …” for 꽃에 물을 줬어요."""
    said = content_words(translation)
    return len(said & content_words(front)) >= max(_FEWEST_ASKED, len(said) / 2)


def _is_dictionary_form(phrase: str) -> bool:
    return phrase.endswith("다") and not phrase.endswith("니다")


def _is_dialogue(sentences: list[str], has_word: list[bool], at: int) -> bool:
    """Return whether the sentence asks for or answers a neighboring example with the word: 어디 가? – 학교에 가."""
    asks = [sentence.rstrip("'\"’”").endswith("?") for sentence in sentences]
    return (asks[at] and True in has_word[at + 1 : at + 2]) or (at > 0 and asks[at - 1] and has_word[at - 1])


def _says_more(card: Card, has_word: list[bool], at: int) -> bool:
    """Return whether somebody in a scene says the sentence before one with the word: 죄송합니다! Then she turns to you: …"""
    if card.tab_name != "Scene" or True not in has_word[at + 1 : at + 2]:
        return False
    between = card.back.partition(card.snippets[at].translation)[2].partition(card.snippets[at + 1].korean)[0]
    return "\n\n" not in between and re.search(r"[a-z]+ [a-z]+:\s*$", between) is not None


def _discussed(card: Card) -> list[str]:
    """Return the Korean words outside the examples, such as 못 in “If you are unable to, it is 못”."""
    prose = f"{card.front}\n{card.back}"
    for snippet in card.snippets:
        if snippet.is_sentence:
            prose = prose.replace(snippet.korean, "")
    return [word for word in _HANGUL.findall(prose) if word not in _PARTICLES]
