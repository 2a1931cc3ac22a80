"""Check what a text claims about hanja: related words contain the character, and the characters make up the word."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.hanja import is_part, same_hanja
from korean_flashcards.checks.signs import HAN, only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.hanja_data import entries, reads_as, spelled
from korean_flashcards.korean.native_origins import native_origin
from korean_flashcards.korean.native_words import is_native
from korean_flashcards.korean.sino_words import choose, spellings

RELATED_WITHOUT_IT = Check(
    "related_without_it", Severity.WARNING, "A word is given as an example of a character that it does not contain.",
    "Looks for the character in the hanja after “as in”, “returns in”, and similar words.",
)  # fmt: skip
NATIVE_WORD = Check(
    "native_word", Severity.WARNING, "A native word is given hanja.",
    "Looks up the word in the tables of native words, and hanja beside a word without homonyms in the dictionary.",
)  # fmt: skip
OTHER_CHARACTERS = Check(
    "other_characters", Severity.WARNING, "The text explains the word by characters that are not its own.",
    "Compares characters that are joined by “+”, or named on the Hanja card, with those in homonyms.",
)  # fmt: skip
CHECKS = (RELATED_WITHOUT_IT, NATIVE_WORD, OTHER_CHARACTERS)

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ROW = lazy_regex(f"[{_HAN}]+")
_ALONE = lazy_regex(f"(?<![{_HAN}])([{_HAN}])(?![{_HAN}])")
_WORD = rf"[가-힣]{{2,6}} ?\(?[{_HAN}]{{2,6}}\)?(?: ?(?:'[^'\n]*'|‘[^’\n]*’|“[^”\n]*”|\"[^\"\n]*\"|\([^)\n]*\)))?"
_LIST = rf"{_WORD}(?:(?:,? and |, |/| or ){_WORD})*"
# 男 'male' as in 남자 男子 'man' and 장남 長男; 男 returns in …; in the second sentence part only: 性 in 여성 女性.
_EXAMPLES = lazy_regex(
    rf"(?<![{_HAN}])(?P<sign>[{_HAN}])(?![{_HAN}])"
    rf"(?P<between>[^{_HAN}.;\n가-힣]{{0,60}}(?:\([가-힣 ]+\)[^{_HAN}.;\n가-힣]{{0,40}})?)"
    rf"\b(?:in|of|with) (?P<words>{_LIST})"
)
_NOT_EXAMPLES = lazy_regex(
    r"\b(?:not|unlike|never|instead|different|confus|differs?|homonym|while|but|other)\w*\b", re.I
)
_HANJA = lazy_regex(f"[{_HAN}]{{2,}}")
# 獨力, read 독립; 便理, 편리. Hanja of other words have their Hangul before them.
_ROW_WITH_READING = lazy_regex(
    rf"(?<![{_HAN}가-힣(])(?<![가-힣] )(?P<row>[{_HAN}]{{2,}})"
    rf"(?:,? (?:is |written )?(?:read |said |pronounced )?(?:as )?\(?(?P<reading>[가-힣]+))?"
)
_CHAIN = lazy_regex(rf"(?<![{_HAN}])[{_HAN}](?:[^{_HAN}+.\n]{{0,40}}\+ ?[{_HAN}])+(?![{_HAN}])")
_CLAIM = lazy_regex(
    rf"\b(?:sino-korean|hanja|goes back to|comes from|derived from"
    rf"|(?:from|written|write it)(?: as| with)?(?: the character)? [{_HAN}])",
    re.I,
)
# Not the hanja of a different word: 세 歲, 歲 (세).
_CLAIMED = lazy_regex(f"(?<![{_HAN}])(?<![가-힣] )(?<![가-힣(])([{_HAN}]+)(?![{_HAN}]| ?\\([가-힣])")
_NATIVE = lazy_regex(
    r"\b(?:pure|purely|native word|native,|not|no|without|unlike|chinese|japanese|counterpart|synonym)\b", re.I
)

# A fourth one, 배(倍), follows numbers. 삼 분 means something else, namely three minutes, written 分.
_OTHER_WORD = lazy_regex(
    r"\b(?:homo(?:graph|nym|phone)s?|an? sino-korean (?=[가-힣])|(?:an|the|yet an|its)? ?others?"
    r"|another|different|unrelated|something else"
    r"|(?:second|third|fourth|fifth|last) one|namesakes?"
    r"|(?:sound|look|spell|pronounc|writ)\w* (?:alike|the same|identical\w*)"
    r"|same (?:sound|spelling|syllable|letters?)s?|confus\w+|by chance|coinciden\w+|nothing to do with|not related)\b",
    re.I,
)
_GLOSS = lazy_regex(r"\)?,? ?(?:['‘“\"(]|is |means )['‘“\"]?([A-Za-z][^'’”\")\n.;]{1,40})")


def related_words_contain_it(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    """Report related words that do not contain the character for which they are an example."""
    for field, text in subject.prose:
        for found in _EXAMPLES.finditer(text) if not text.isascii() else ():
            if _NOT_EXAMPLES.search(found["between"]):
                continue
            sign = found["sign"]
            for hanja in _HANJA.findall(found["words"]):
                if sign not in hanja and not any(_same(sign, other) for other in hanja):
                    yield RELATED_WITHOUT_IT.at(
                        field, f"{hanja} is given as a word with {sign}, but does not contain it"
                    )


def claims_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report hanja of a native word in homonyms, and wrong claims in the record's sentences."""
    yield from _native_homonyms(analysis)
    if analysis.has_han and analysis.language.code == "en":
        yield from related_words_contain_it(analysis, analysis)
        yield from _claims(analysis, analysis)


@only_with(HAN)
def claims_of_card(card: Card) -> Iterator[Finding]:
    """Report wrong claims about hanja on the card."""
    if card.has_han and card.analysis.language.code == "en":
        yield from related_words_contain_it(card, card.analysis)
        yield from _claims(card, card.analysis)
        yield from _named_on_hanja_card(card)


def _native_homonyms(analysis: Analysis) -> Iterator[Finding]:
    """Report the first homonym if the word is native. Later homonyms may be other words with the same spelling."""
    if not analysis.homonyms or analysis.listed.get("hanja"):
        return
    first = analysis.homonyms[0]
    word, hanja, meaning = first["reading"], first["hanja"], first["meaning"]
    own = content_words(f"{analysis.text('primary_meaning')} {analysis.definition}")
    if not reads_as(hanja, word) or hanja in spellings(word) or word not in analysis.word:
        return
    listed = choose(word, f"{meaning}; {analysis.definition}")
    if is_native(word, own) or (
        listed is not None and listed.hanja == "" and (listed.fits_meaning or word == analysis.word)
    ):
        yield NATIVE_WORD.at(
            "homonyms", f"{word} is not a Sino-Korean word: {hanja} has the same sound by chance, so use null"
        )


def _claims(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    """Report hanja that a text gives the word, if they are not in homonyms and not the word's."""
    own = [homonym["hanja"] for homonym in analysis.homonyms if homonym["hanja"]]
    listed = "".join(re.findall(f"[{_HAN}]", str(analysis.listed.get("hanja") or "")))
    word = analysis.spoken
    for field, text in subject.prose:
        if text.isascii():
            continue
        for found in _CHAIN.finditer(text):
            chain = "".join(_ALONE.findall(found[0]))
            if told := _wrong_chain(chain, own, listed, analysis, claimed=_CLAIM.search(text) is not None):
                yield told.at(field, f"{' + '.join(chain)} are not the hanja of {word}")
        if own or listed or field == "other_meanings":
            continue
        shown = [row[0] for row in _ROW.finditer(text) if _follows(word, text[: row.start()])]
        shown += _claimed(text)
        for hanja in shown:
            if not _may_be(hanja, analysis) and not _is_homograph(hanja, text, analysis):
                yield NATIVE_WORD.at(field, f"{hanja} are not the hanja of {word}: leave them out")


def _follows(word: str, before: str) -> bool:
    """Return whether a text ends with the word as a whole, possibly before an opening parenthesis."""
    before = before.rstrip(" (")
    return before.endswith(word) and not has_hangul(before[: -len(word)][-1:])


def _is_homograph(hanja: str, text: str, analysis: Analysis) -> bool:
    """Return whether the hanja are those of a word that is spelled alike: 배(倍) 'double' beside 배 'pear'."""
    if hanja in analysis.text("other_meanings"):
        return True
    sentences = [each for each in re.split(r"(?<=[.!?;]) ", text) if hanja in each]
    if all(_OTHER_WORD.search(each) for each in sentences):
        return True
    gloss = _GLOSS.match(text.partition(hanja)[2]) if hanja in spellings(analysis.spoken) else None
    own = content_words(f"{analysis.text('primary_meaning')} {analysis.definition}")
    return gloss is not None and own.isdisjoint(content_words(gloss[1]))


def _claimed(text: str) -> list[str]:
    """Return characters that a sentence calls the word's hanja: Sino-Korean 梨."""
    sentences = [each for each in re.split(r"(?<=[.!?;]) ", text) if _CLAIM.search(each) and not _NATIVE.search(each)]
    return [found[1] for each in sentences for found in _CLAIMED.finditer(each) if len(found[1]) > 1 or "+" not in each]


def _may_be(hanja: str, analysis: Analysis) -> bool:
    """Return whether the hanja may be the word's or a part of the word's."""
    word = analysis.spoken
    if native_origin(word) == hanja or hanja in native_origin(word) or analysis.text("pos") == "phrase":
        return True
    listed = choose(word, analysis.definition)
    if is_native(word, content_words(analysis.definition)) or (listed and listed.hanja == "" and listed.fits_meaning):
        return False
    if len(hanja) == len(word):
        known = (*spelled(word), *spellings(word))
        return reads_as(hanja, word) and (len(word) == 1 or any(same_hanja(hanja, other, word) for other in known))
    return is_part(hanja, word)


def _wrong_chain(chain: str, own: list[str], listed: str, analysis: Analysis, *, claimed: bool) -> Check | None:
    """Return the check that characters joined by “+” fail, or None if they may explain the word."""
    word = analysis.spoken
    if any(chain in hanja or hanja in chain for hanja in (*own, listed) if hanja):
        return None
    if own or listed:
        readings = [homonym["reading"] for homonym in analysis.homonyms] or [word]
        same = any(same_hanja(chain, hanja, reading) for hanja in (*own, listed) for reading in readings if hanja)
        return None if same or not is_part(chain, word) else OTHER_CHARACTERS
    if len(chain) == len(word) and reads_as(chain, word):
        return None if _may_be(chain, analysis) else NATIVE_WORD
    return NATIVE_WORD if claimed and not _may_be(chain, analysis) else None


def _named_on_hanja_card(card: Card) -> Iterator[Finding]:
    """Report a character with the reading of one of the word's on the Hanja card if the word's own is never named alone."""
    homonyms = card.analysis.homonyms
    if card.tab_name != "Hanja" or not homonyms:
        return
    own, reading = homonyms[0]["hanja"], homonyms[0]["reading"]
    others = {homonym["hanja"] for homonym in homonyms}
    for found in _ROW_WITH_READING.finditer(card.back):
        row = found["row"]
        near = len(row) == len(own) and sum(a != b for a, b in zip(row, own, strict=True)) == 1
        # 出勤 in the morning, after 출근 出勤
        is_other_word = re.search(rf"(?!{reading})[가-힣]{{{len(row)}}} ?\(?{row}", card.back) is not None
        if is_other_word:
            continue
        if near and row not in others and found["reading"] in (None, reading) and not same_hanja(row, own, reading):
            yield OTHER_CHARACTERS.at("back", f"{row} is not {reading}: the hanja are {own}")
    alone = [found[1] for found in _ALONE.finditer(card.back)]
    known = "".join(homonym["hanja"] for homonym in homonyms)
    for sign, syllable in zip(own, reading, strict=False):
        if sign in alone or not alone or len(own) < 2:
            continue
        wrong = next(
            (other for other in alone if other not in known and reads_as(other, syllable) and not _same(other, sign)),
            "",
        )
        if wrong:
            yield OTHER_CHARACTERS.at("back", f"{wrong} is not a character of {own}: write {sign}")


def _same(one: str, other: str) -> bool:
    """Return whether two characters are variants, with the same 훈음."""
    first, second = entries().get(one), entries().get(other)
    return one == other or (
        first is not None and second is not None and bool(set(first.readings.values()) & set(second.readings.values()))
    )
