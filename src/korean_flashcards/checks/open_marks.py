"""Find quotation marks and brackets that are never closed or never opened. An apostrophe is not a quotation mark."""

import re
from collections.abc import Iterator

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import is_syllable

_BRACKETS = {"(": ")", "[": "]", "「": "」", "『": "』", "《": "》", "〈": "〉"}
_OPENS = {**{closer: opener for opener, closer in _BRACKETS.items()}, "”": "“", "’": "'‘", "'": "'‘", '"': '"'}
_SINGLE, _QUOTES = "'‘", "'‘“\""
_NAMES = {"(": "parenthesis", "[": "bracket"}
# A quotation ends in its paragraph, so a line break counts as a mark.
# An apostrophe within a word is none: don't, 우산's. A particle follows a quotation.
_MARKS = lazy_regex(r"""[()\[\]“”‘’'"「」『』《》〈〉\n](?!(?<=[^\W_]['’])[^\W_가-힣])""")
_MARK = lazy_regex(r"""[()\[\]“”‘’'"「」『』《》〈〉]""")
_INNER = r"""[^()\[\]“”‘’'"「」『』《》〈〉\n]*"""
_PLAIN_PAIR = lazy_regex(
    rf"""\({_INNER}\)|\[{_INNER}\]|“{_INNER}”|'(?:(?<=^.)|(?<=[\s(].)){_INNER}(?:(?<=[a-z])'(?=[a-z]){_INNER})*'(?!\w)"""
    r"|['’](?<=[a-zA-Z].)(?=[a-zA-Z])"
)
_BEFORE_A_QUOTATION = '([“‘"—–-/=+→:'
# 1) first, a) first, :)
_LIST_OR_SMILE = lazy_regex(r"(?:(?:^|[\s(])(?:\d{1,2}|[a-z])|[:;=]-?)\Z")
# 'em, '90s, 'n': an apostrophe in place of letters at the beginning of a word
_SHORTENED = lazy_regex(r"(?:em|til|tis|twas|cause|bout|round|n|\d\ds?)\b", re.I)
_CLOSES_LATER = lazy_regex(r"[\w.?!]['’](?!\w)")
# the students' room, goin' home, 5' tall: an apostrophe at the end of a word
_MAY_END_WITH_APOSTROPHE = lazy_regex(r"[sinozxh\d]\Z", re.I)
_EXCERPT = 40


def open_mark(text: str) -> str:
    """Return a sentence about the first quotation mark or bracket without its partner, or "" if all marks are paired."""
    # Most marks form plain pairs, which need no closer look.
    return next(_unpaired(text), "") if _MARK.search(_PLAIN_PAIR.sub("", text)) else ""


def _unpaired(text: str) -> Iterator[str]:
    """Yield a sentence about each mark that has no partner. Only the first one is certain."""
    opened: list[tuple[str, int]] = []
    doubtful = False  # whether a mark was read as the end of a quotation, but may be the apostrophe of a plural
    for found in _MARKS.finditer(text):
        mark, at = found[0], found.start()
        kinds = [kind for kind, _ in opened] if opened else []
        if mark == "\n":
            doubtful = False
            yield from (_never_closed(text, start) for kind, start in opened if kind in _QUOTES)
        elif _opens(mark, text, at, kinds):
            if mark in kinds and mark in _QUOTES:
                yield _never_closed(text, opened[kinds.index(mark)][1])
            opened.append((mark, at))
        elif _closes(mark, text, at, kinds):
            if opened and kinds[-1] in _OPENS[mark]:
                opened.pop()
                doubtful = doubtful or (mark in "'’" and _MAY_END_WITH_APOSTROPHE.search(text[:at]) is not None)
            elif any(kind in _OPENS[mark] for kind in kinds):
                yield _never_closed(text, opened[-1][1])
            elif not (mark in "'’" and doubtful):
                yield f"“{text[max(0, at - _EXCERPT) : at + 1]}” ends with a mark that was never opened"
    yield from (_never_closed(text, start) for _, start in opened)


def _opens(mark: str, text: str, at: int, opened: list[str]) -> bool:
    """Return whether a mark begins a quotation or a parenthesis."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark == '"':
        return '"' not in opened and not before.isdigit()
    if mark != "'":
        return mark in _BRACKETS or mark in "“‘"
    if not after.strip() or _is_within_word(before, after):
        return False
    rest = text[at + 1 :].partition("\n")[0]
    if _SHORTENED.match(rest) and not _CLOSES_LATER.search(rest):
        return False
    is_first = not before.strip() or before in _BEFORE_A_QUOTATION
    return is_first or (after.isalnum() and not any(kind in _SINGLE for kind in opened))


def _closes(mark: str, text: str, at: int, opened: list[str]) -> bool:
    """Return whether a mark that opens nothing ends a quotation or a parenthesis, and is not an apostrophe."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark == ")" and "(" not in opened:
        return _LIST_OR_SMILE.search(text[:at]) is None
    if mark == '"' and '"' not in opened:
        return False
    if mark not in "'’":
        return True
    if not before.strip() or _is_within_word(before, after):
        return False
    if any(kind in _SINGLE for kind in opened):
        return True
    # A plural with an apostrophe stands before a word: the students' room. Before a comma, it ends a quotation.
    ends_phrase = (not after or after in ".,;)") and not before.isdigit()
    return ends_phrase or _MAY_END_WITH_APOSTROPHE.search(before) is None


def _is_within_word(before: str, after: str) -> bool:
    """Return whether a mark between these characters is an apostrophe: don't, 우산's. A particle follows a quotation."""
    return before.isalnum() and after.isalnum() and not is_syllable(after)


def _never_closed(text: str, start: int) -> str:
    rest = text[start:].partition("\n")[0]
    return (
        f"the {_NAMES.get(text[start], 'quotation')} “{rest[:_EXCERPT]}{'…' * (len(rest) > _EXCERPT)}” is never closed"
    )
