"""Format the output of ``kedro korean``."""

from collections.abc import Iterator, Sequence

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.line_wrap import COLUMNS, width
from korean_flashcards.korean.explanation import Pronunciation, Step
from korean_flashcards.korean.hanja import HanjaCandidate, HanjaFinding
from korean_flashcards.korean.hanja_data import HanjaCharacter

# A spelling such as 사기 has thirty candidates. The accepted one is among the first.
_CANDIDATES = 8


def pronunciation_lines(found: Sequence[Pronunciation], explained: bool) -> list[str]:
    """Return a table of the words with their pronunciations and IPA, or each word's steps if ``explained``."""
    if not explained:
        rows = [(each.text, each.sounds, each.ipa or "—") for each in found]
        lines = table(("Word", "Sounds", "IPA"), rows, longest=COLUMNS).splitlines()
        if max(map(width, lines)) <= COLUMNS:
            return lines
    lines = []
    for each in found:
        lines += _heading(each)
        if explained:
            lines += _steps(each.steps) or ["  It is pronounced as it is spelled."]
            lines += _others(each.also)
    return lines


def hanja_lines(found: HanjaFinding, explained: bool) -> list[str]:
    """Return the accepted hanja, character by character, and, if ``explained``, the reason and the candidates."""
    word, definition = safe(found.word), safe(found.definition)
    if found.accepted is None:
        lines = [f"{word} “{definition}”: could not determine the hanja with certainty."]
    else:
        lines = [f"{word} “{definition}”: {found.accepted.hanja}"]
        lines += [line for each in found.accepted.characters for line in wrapped(_character(each), hanging=2)]
    if not explained:
        return lines
    lines += wrapped(f"Why: {found.why}.", indent=0, hanging=2)
    if found.candidates:
        lines.append("Candidates, most common first:")
    lines += [line for each in found.candidates[:_CANDIDATES] for line in wrapped(_candidate(each), hanging=2)]
    if more := found.candidates[_CANDIDATES:]:
        lines.append(f"  … and {len(more)} more (--json shows all)")
    return lines


def _heading(each: Pronunciation) -> list[str]:
    """Return the word, its pronunciation, and its IPA, on one line if they fit."""
    parts = [safe(each.text), f"[{safe(each.sounds)}]", *([each.ipa] if each.ipa else [])]
    line = "  ".join(parts)
    return [line] if width(line) <= COLUMNS else [line for part in parts for line in wrapped(part, indent=0, hanging=2)]


def _steps(steps: Sequence[Step]) -> list[str]:
    """Return two lines per step: the article and the sound change, then a description of the article."""
    rows = [(f"  {step.article or 'lexicon'}", _place(step), f"{step.before} → {step.after}") for step in steps]
    lines = []
    for line, step in zip(table(("", "", ""), rows).splitlines()[1:], steps, strict=True):
        because = f" ({step.because})" if step.because else ""
        lines += [line, *wrapped(f"{step.what}{because}", indent=6)]
    return lines


def _others(also: Sequence[str]) -> Iterator[str]:
    """Yield the other pronunciations that the Standard permits."""
    if also:
        yield from wrapped(f"Also permitted: {', '.join(f'[{sounds}]' for sounds in also)}", hanging=2)


def _place(step: Step) -> str:
    """Return the two syllables at whose boundary the step applies, such as "독|립"."""
    before, where = step.before, step.where
    return f"{before[max(where - 1, 0) : where]}|{before[where : where + 1].strip()}"


def _character(character: HanjaCharacter) -> str:
    return f"{character.character} {character.hun_eum or '?'}: {character.gloss or 'no gloss'}"


def _candidate(candidate: HanjaCandidate) -> str:
    pairs = zip(candidate.word.characters, candidate.shared, strict=True)
    shared = [f"{character.character} shares {', '.join(words)}" for character, words in pairs if words]
    glosses = "; ".join(f"{each.character} {each.gloss.split(';')[0]}" for each in candidate.word.characters)
    return f"{candidate.word.hanja}: {'; '.join(shared) if shared else f'no shared word ({glosses})'}"
