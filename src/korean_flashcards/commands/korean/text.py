"""What ``kedro korean`` prints for people."""

from collections.abc import Sequence

from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.korean.explanation import Pronunciation, Step
from korean_flashcards.korean.hanja import HanjaCandidate, HanjaFinding
from korean_flashcards.korean.hanja_data import HanjaCharacter

# A spelling such as 사기 has thirty candidates; what was decided is among the first.
_CANDIDATES = 8


def pronunciation_lines(found: Sequence[Pronunciation], explained: bool) -> list[str]:
    """A line a word; ``explained``: the steps of each word below it."""
    if not explained:
        return table(("Word", "Sounds", "IPA"), [(e.text, e.sounds, e.ipa or "—") for e in found]).splitlines()
    lines = []
    for each in found:
        lines.append(f"{safe(each.text)}  [{safe(each.sounds)}]" + (f"  {each.ipa}" if each.ipa else ""))
        lines += table(("  Article", "At", "Sounds", "What"), map(_step, each.steps), longest=100).splitlines()[1:]
        if not each.steps:
            lines.append("  It sounds as it is spelled.")
    return lines


def hanja_lines(found: HanjaFinding, explained: bool) -> list[str]:
    """The accepted hanja with their characters; ``explained``: why, and the candidates."""
    word, definition = safe(found.word), safe(found.definition)
    if found.accepted is None:
        lines = [f"{word} “{definition}”: no hanja are sure."]
    else:
        lines = [f"{word} “{definition}”: {found.accepted.hanja}"]
        lines += [f"  {_character(character)}" for character in found.accepted.characters]
    if not explained:
        return lines
    lines.append(f"Why: {found.why}.")
    if found.candidates:
        lines.append("Candidates, the usual ones first:")
    lines += [f"  {_candidate(each)}" for each in found.candidates[:_CANDIDATES]]
    if more := found.candidates[_CANDIDATES:]:
        lines.append(f"  … and {len(more)} more (--json shows all)")
    return lines


def _step(step: Step) -> tuple[str, str, str, str]:
    before = step.before
    place = f"{before[max(step.where - 1, 0) : step.where]}|{before[step.where : step.where + 1].strip()}"
    because = f" ({step.because})" if step.because else ""
    return (f"  {step.article or 'lexicon'}", place, f"{before} → {step.after}", f"{step.what}{because}")


def _character(character: HanjaCharacter) -> str:
    return f"{character.character} {character.hun_eum or '?'}: {character.gloss or 'no gloss'}"


def _candidate(candidate: HanjaCandidate) -> str:
    pairs = zip(candidate.word.characters, candidate.shared, strict=True)
    shared = [f"{character.character} shares {', '.join(words)}" for character, words in pairs if words]
    glosses = "; ".join(f"{each.character} {each.gloss.split(';')[0]}" for each in candidate.word.characters)
    return f"{candidate.word.hanja}: {'; '.join(shared) if shared else f'nothing shared ({glosses})'}"
