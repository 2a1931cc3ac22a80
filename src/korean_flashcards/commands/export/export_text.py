"""Show exports and their files in the terminal."""

from collections.abc import Iterator

from korean_flashcards.commands.layout import wrapped
from korean_flashcards.commands.terminal import safe, size_text
from korean_flashcards.domain.plurals import counted
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.profiles.profile_export import Exported

_FILES = 20  # files that are listed


def later_reviews_line(count: int) -> str:
    """Return the sentence about reviews and edits that the exported cards do not contain yet."""
    verb = "is" if count == 1 else "are"
    return (
        f"{counted(count, 'review')} {verb} newer than these cards. To include {'it' if count == 1 else 'them'}, run "
        "`kedro run --pipelines=quality,export`, and export again."
    )


def exported_lines(exported: Exported) -> Iterator[str]:
    """Yield what an export wrote, such as "quizlet: 216 cards in …/exports/quizlet", and one line per file."""
    export = exported.export
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in export.counts.items())
    yield from wrapped(f"{export.profile}: {counted(exported.cards, exported.unit)} ({kinds})", indent=0)
    if exported.remark:
        yield from wrapped(exported.remark, indent=2)
    for file in exported.files[:_FILES]:
        yield safe(f"  {shown_path(exported.folder / file.name)} ({size_text(file.bytes)})")
    if len(exported.files) > _FILES:
        yield f"  and {counted(len(exported.files) - _FILES, 'more file')}"
