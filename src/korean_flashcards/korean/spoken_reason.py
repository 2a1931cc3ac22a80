"""Say in one sentence why a word is not pronounced as it is written: 좋네요 is pronounced [존네요] because …"""

from collections.abc import Iterator

from .explanation import Pronunciation, Step
from .hangul import is_syllable, split

_MOVES = "13"
_SECOND = {"ㄳ": "ㅅ", "ㄵ": "ㅈ", "ㄺ": "ㄱ", "ㄻ": "ㅁ", "ㄼ": "ㅂ", "ㄽ": "ㅅ", "ㄾ": "ㅌ", "ㄿ": "ㅍ", "ㅄ": "ㅅ"}
_TENSE = ("23", "24", "25", "26", "27", "28", "30.1", "")
_IN_COMPOUNDS = ("28", "")  # only in certain words: 손가락, but not 손가방
_SHORTENED = ("9", "10", "11")


def reason_of(pronunciation: Pronunciation) -> str:
    """Return the sentence, or "" if the word is pronounced as it is written or if a step cannot be put into words."""
    if not pronunciation.steps or pronunciation.sounds == pronunciation.text:
        return ""
    clauses = list(dict.fromkeys(_clauses(pronunciation.steps)))
    if not clauses or "" in clauses:
        return ""
    return f"{pronunciation.text} is pronounced [{pronunciation.sounds}] because {_listed(clauses)}."


def _clauses(steps: tuple[Step, ...]) -> Iterator[str]:
    moved = [_letter(step) for step in steps if step.article == _MOVES]
    said = False
    for step in steps:
        if step.article != _MOVES:
            yield _clause(step)
        elif not said:
            said = True
            yield f"{_listed(list(dict.fromkeys(moved)))} {'moves' if len(set(moved)) == 1 else 'move'} to the next vowel"


def _letter(step: Step) -> str:
    """Return the consonant that a step moves to the next syllable."""
    return split(step.after[_next(step)]).onset


def _next(step: Step) -> int:
    return step.where if step.where < len(step.before) and is_syllable(step.before[step.where]) else step.where - 1


def _clause(step: Step) -> str:
    left, new_left = split(step.before[step.where - 1]), split(step.after[step.where - 1])
    at_end = step.where >= len(step.before) or not is_syllable(step.before[step.where])
    if step.article == "5.3":
        return "ㅢ is pronounced ㅣ after a consonant"
    if at_end:
        return f"{left.coda} at the end of a word is pronounced {new_left.coda}" if step.article in _SHORTENED else ""
    right, new_right = split(step.before[step.where]), split(step.after[step.where])
    if step.article in _TENSE:
        return (
            f"{right.onset} becomes tense {new_right.onset} after {left.coda}"
            if left.coda and step.article not in _IN_COMPOUNDS
            else _in_this_word(right.onset, new_right.onset)
        )
    if step.article in _SHORTENED:
        return f"{left.coda} is pronounced {new_left.coda} before a consonant"
    if step.article == "12.1":
        return _merger(left.coda if right.onset == "ㅎ" else right.onset, new_right.onset)
    if step.article == "14" and left.coda in _SECOND:
        second = _SECOND[left.coda]
        as_tense = f" as {new_right.onset}" if new_right.onset != second else ""
        return f"the {second} of {left.coda} moves to the next vowel{as_tense}"
    if step.article == "12.2":
        return "ㅎ and ㅅ merge into ㅆ"
    return _CLAUSES[step.article].format(
        coda=left.coda, sound=new_left.coda, onset=right.onset, new=new_right.onset, syllable=step.before[step.where],
        spoken=step.after[step.where],
    ) if step.article in _CLAUSES else ""  # fmt: skip


def _merger(consonant: str, aspirated: str) -> str:
    said = " (as ㄷ)" if consonant in "ㅅㅆㅊㅌ" and aspirated == "ㅌ" and consonant != "ㅌ" else ""
    return f"{consonant}{said} and ㅎ merge into {aspirated}"


def _in_this_word(onset: str, tense: str) -> str:
    return f"{onset} becomes tense {tense} in this word"


_CLAUSES = {
    "12.3": "ㅎ is lost before ㄴ",
    "12.4": "ㅎ is silent before a vowel",
    "5.1": "ㅕ is pronounced ㅓ after {onset}",
    "17": "{coda} becomes {new} before {syllable}",
    "18": "{coda} becomes {sound} before {onset}",
    "19": "ㄹ becomes ㄴ after {coda}",
    "20": "ㄴ and ㄹ become ㄹㄹ",
    "29": "ㄴ is added before {syllable}",
}


def _listed(clauses: list[str]) -> str:
    return (
        clauses[0]
        if len(clauses) == 1
        else f"{', '.join(clauses[:-1])}{',' if len(clauses) > 2 else ''} and {clauses[-1]}"
    )
