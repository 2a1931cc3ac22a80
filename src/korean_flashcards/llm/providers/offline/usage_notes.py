"""Choose what a card says about usage from the list's notes.

Lists that a model wrote have a note for every word. Most of these say nothing ("Common noun used in everyday speech") or are
about grammar, where they are often wrong. From such a note, only the verbs that it names are used.
"""

import re

from korean_flashcards.korean.hangul import split

# Wording of such notes.
_SAYS_NOTHING = re.compile(
    r"\b(used|usage|refers?|commonly|common|express(es|ing)|indicat(es|ing)|denotes|emphasi\w+|emphatic|loanword|translit\w+|"
    r"contexts?|register|forming|clause|construction|transcription|proper noun|markers?|marks|marked|marking|unknown|slang|"
    r"accusative|nominative|locative|genitive|instrumental|dative|directional|interrogative|imperative|declarative|"
    r"connective|conjunctive|conditional|prenominal|descriptive|typically|idiomatic|idiom|copula\w*|spoken|formality|"
    r"colloquial\w*|archaic|literary|standard|attaches|attaching|connects|links|combin\w+|contraction|shortened|given name|"
    r"abbreviat\w+|general|to (mark|indicate|express)|term for|term referring|demonstrative|possessive|stem|recognized)\b"
    r"|\b(casual|informal|formal|polite|everyday|neutral) (speech|style|noun|form)\b|\b(past|present|future) tense\b"
    r"|\bforms? (of (the|an?) |from )|\b(noun|verb) (meaning|phrase|referring|for an?|with|form)\b"
    r"|\b(subject|object|topic) particle (?!it)|^(casual|informal|polite|honorific) (?!and|of)[a-z]"
    r"|(?<![\w가-힣ㄱ-ㅎ])-[a-z]+\b|-[가-힣]+' |'[a-z]+' (particle|added|attached)",
    re.IGNORECASE,
)
_RUDE = re.compile(r"\b(vulgar|profan\w+|insult\w*|swear\w*|offensive|coarse|derogatory|obscen\w+|curse)\b", re.I)
RUDE = "Rude: learn to recognize it, but do not say it."
_VERB = re.compile(r"(?<![가-힣-])[가-힣]{1,5}다(?![가-힣])")


def usage_note(term: str, pos: str, hint: str) -> str:
    """Return a line about a word's usage, or "" if the list's note has nothing reliable."""
    if not hint:
        return ""
    if _RUDE.search(hint):
        return RUDE
    if not _SAYS_NOTHING.search(hint):
        return hint if hint.endswith((".", "!", "?")) else f"{hint}."
    verbs = [verb for verb in dict.fromkeys(_VERB.findall(hint)) if _is_partner(verb, term)]
    return f"Often with {_listed(verbs[:3])}." if verbs and pos == "noun" else ""


def _is_partner(verb: str, term: str) -> bool:
    """Return whether a verb in a note may be used with the term: a dictionary form of a different word."""
    return (
        verb != "이다" and split(verb[-2]).coda not in ("ㄴ", "ㅆ") and not verb.endswith("니다") and verb[0] != term[0]
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
