"""``kedro korean``: show and explain a word's pronunciation and hanja."""

from dataclasses import asdict

import click

from korean_flashcards.commands.project import CommandGroup, fail, json_option
from korean_flashcards.commands.terminal import echo_json, safe
from korean_flashcards.domain.clean_text import clean

definition_option = click.option("--definition", default="", help="Give the English meaning, to tell homographs apart.")
explain_option = click.option("--explain", "explained", is_flag=True, help="Explain the result.")


@click.group(
    name="korean",
    cls=CommandGroup,
    examples=(
        "kedro korean pronounce 독립 --explain",
        "kedro korean hanja 남성 --definition man",
    ),
)
def korean() -> None:
    """Show the pronunciation and hanja of Korean words, offline."""


@korean.command(name="pronounce", examples=("kedro korean pronounce 독립 --explain",))
@click.argument("words", nargs=-1, required=True, metavar="WORD…")
@definition_option
@click.option("--hanja", default="", help="Give the hanja, to tell homographs apart.")
@click.option(
    "--verb",
    "is_verb",
    is_flag=True,
    help="Treat each WORD as a verb or adjective (required if kiwipiepy is not installed).",
)
@click.option("--linked", is_flag=True, help="Link sounds across the words in a phrase, as in 옷 한 벌 [오 탄 벌].")
@explain_option
@json_option
def pronounce(
    words: tuple[str, ...], definition: str, hanja: str, is_verb: bool, linked: bool, explained: bool, as_json: bool
) -> None:
    """Show the standard pronunciation of each WORD in Hangul and IPA.

    WORD can also be a phrase in quotes. With --explain, shows one step per applicable article of the Standard Pronunciation
    Rules (표준발음법).
    """
    # Imported here, which saves 20 ms in --help and in other commands.
    from korean_flashcards.commands.korean.text import pronunciation_lines
    from korean_flashcards.korean.explanation import explain
    from korean_flashcards.korean.hangul import has_hangul
    from korean_flashcards.korean.morphology import AnalyserMissing, analyse

    words = tuple(clean(word).strip() for word in words)
    if not all(words):
        fail("The word is empty. Enter one or more Korean words, such as 값이.")
    if strange := [safe(word) for word in words if not has_hangul(word)]:
        fail(f"No Hangul in {', '.join(strange)}. Enter one or more Korean words, such as 값이.")
    found = []
    for word in words:
        try:
            morphemes = None if is_verb else analyse(word)
        except AnalyserMissing:
            morphemes = None
        found.append(
            explain(word, is_verb=is_verb, morphemes=morphemes, definition=definition, hanja=hanja, linked=linked)
        )
    if as_json:
        echo_json([asdict(each) for each in found])
    else:
        click.echo("\n".join(pronunciation_lines(found, explained)))


@korean.command(name="hanja", examples=("kedro korean hanja 남성 --definition man --explain",))
@click.argument("word")
@click.option("--definition", required=True, help="Give the English meaning, to tell homographs apart.")
@explain_option
@json_option
def hanja(word: str, definition: str, explained: bool, as_json: bool) -> None:
    """Show the hanja of WORD, character by character.

    Each character is shown with its gloss and reading (훈음). WORD is a noun without particles. Shows no hanja if they
    cannot be determined with certainty. With --explain, also shows why the hanja were or were not chosen, and the words
    that appear in both the glosses and the definition.
    """
    # Imported here, which saves 20 ms in --help and in other commands.
    from korean_flashcards.commands.korean.text import hanja_lines
    from korean_flashcards.korean.hangul import is_syllable
    from korean_flashcards.korean.hanja import explain_hanja

    word = clean(word).strip()
    if not word or not all(map(is_syllable, word)):
        fail(f'"{safe(word)}" is not a single word in Hangul. Give a noun without particles, such as 남성.')
    found = explain_hanja(word, definition)
    if as_json:
        echo_json(asdict(found))
    else:
        click.echo("\n".join(hanja_lines(found, explained)))
