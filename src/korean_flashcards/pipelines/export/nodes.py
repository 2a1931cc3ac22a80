"""Define the export pipeline's nodes, which convert the cards to the contents of each exported file."""

import io
from collections.abc import Mapping, Sequence

import polars as pl

from korean_flashcards.confusables import linked_words
from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.domain.exported_notes import ExportedNoteType
from korean_flashcards.domain.parameters import ConfusableParameters, ExportParameters, IngressParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.card_sides import asks_for_word
from korean_flashcards.exports.card_table import CONFUSED_JOINT, CONFUSED_WORD, HANJA_LINE
from korean_flashcards.exports.formats.anki_text import text_of
from korean_flashcards.exports.formats.apkg import package_of
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.anki_names import with_names_of_anki
from korean_flashcards.formats.card_rows import COLUMNS
from korean_flashcards.formats.tsv import tsv
from korean_flashcards.pipelines.export.note_cues import cues_of
from korean_flashcards.pipelines.export.note_media_nodes import media_of
from korean_flashcards.pipelines.export.note_sounds import sounds_of

# These columns identify a card and the reply that it comes from.
_CARD = ["item_id", "tab_name", "key"]
_GONE_TAG = "status:gone"
_PART = pl.element().struct.field
_CONFUSABLE_TAG = pl.format("confusable:{}", _PART("term").str.strip_chars().str.replace_all(r"[\s,]+", "_"))


def link_cards(
    flashcards: pl.DataFrame,
    held: pl.DataFrame,
    generated: pl.DataFrame,
    confusables: pl.DataFrame,
    words: pl.DataFrame,
    settings: ConfusableParameters,
    ingress: IngressParameters,
) -> pl.DataFrame:
    """Add to each card the words in the deck that are easily confused with the card's word.

    Cards for words that are gone are tagged or left out, as the parameter ``ingress.gone`` specifies. So are cards for
    words that a person removed, which are tagged with ``keep``, too.

    Args:
        flashcards: The released cards.
        held: The cards that are held back.
        generated: All generated cards.
        confusables: The pairs of easily confused words.
        words: The words in the run.
        settings: Settings such as the number of easily confused words to show on a card.
        ingress: What to do with words that no list contains anymore.

    Returns:
        The released cards with ``confused_with`` (a list of {term, meaning}, or null), ``advice`` (how to choose between
        the words, or null), and a tag such as ``confusable:가리키다`` for each confusable word.

    Raises:
        LayersOutOfStepError: The released and held cards do not match the generated cards.
    """
    _check_decided(pl.concat([flashcards.select(_CARD), held.select(_CARD)]), generated)
    cards = _settled(flashcards, words, ingress)
    current = cards.filter(~pl.col("tags").list.contains(_GONE_TAG))
    links = linked_words(confusables, current["item_id"].unique(), settings.linked)
    linked = cards.join(links, on="item_id", how="left", maintain_order="left")
    tags = pl.col("confused_with").list.eval(_CONFUSABLE_TAG)
    advice = [_untold(*texts) for texts in linked.select("advice", "back").iter_rows()]
    linked = linked.with_columns(pl.Series("advice", advice, pl.String))
    return linked.with_columns(tags=pl.col("tags").list.concat(tags.fill_null([])).list.unique(maintain_order=True))


def lay_out_notes(
    flashcards: pl.DataFrame, nuance: pl.DataFrame, words: pl.DataFrame, export: ExportParameters
) -> pl.DataFrame:
    """Return one note per card, with its deck, ``anki_note.FIELDS`` (escaped HTML), and hierarchical Anki tags.

    The easily confused words, and how to choose between them, appear at the end of a card's back.

    Raises:
        LayersOutOfStepError: A card's word is missing from ``nuance`` or ``words``.
    """
    known = nuance.select(
        "item_id",
        "pos",
        IPA="ipa",
        Meaning="primary_meaning",
        Hanja=pl.col("homonyms").list.eval(HANJA_LINE).list.join("\n"),
    ).join(sounds_of(words, nuance), on="item_id", maintain_order="left")
    columns = ("item_id", "topik_level", "example", "example_translation")
    own = words.select(*columns, word="term", own_tags="tags").join(
        cues_of(flashcards, words, nuance), on="item_id", how="left", maintain_order="left"
    )
    cards = flashcards.join(known, on="item_id", maintain_order="left").join(own, on="item_id", maintain_order="left")
    _check_known(flashcards.height - cards.height)
    notes = cards.select(
        "item_id",
        note_type=pl.lit(anki_note.NOTE_TYPE),
        deck=_deck(export),
        Front=anki_note.as_html("front"),
        Back=anki_note.as_html("back") + _confused_line(),
        Term=anki_note.as_html("word"),
        IPA=anki_note.as_html("IPA"),
        Meaning=anki_note.as_html("Meaning"),
        Hanja=anki_note.as_html("Hanja").fill_null(""),
        # The label of the memory room has the word, so a front that asks for the word has no memory room.
        Primer=pl.when(asks_for_word()).then(pl.lit("")).otherwise(anki_note.as_html("primer")),
        CardType="tab_name",
        PartOfSpeech="pos",
        Level=pl.format("TOPIK {}", "topik_level").fill_null(""),
        Source=anki_note.as_html("model"),
        Key=anki_note.escaped(pl.format("{}/{}", "item_id", "tab_name")),
        Sound="Sound",
        Example=anki_note.as_html("example").fill_null(""),
        ExampleTranslation=anki_note.as_html("example_translation").fill_null(""),
        Audio=pl.lit(""),
        ExampleAudio=pl.lit(""),
        Image=pl.lit(""),
        Cue=anki_note.as_html("Cue").fill_null(""),
        Version=pl.lit(anki_note.NOTE_TYPE_VERSION),
        tags="tags",
    )
    return with_names_of_anki(notes)


def build_deck(
    notes: pl.DataFrame,
    note_types: Sequence[tuple[anki_note.NoteType, ExportedNoteType]],
    media: Mapping[str, bytes | None],
) -> bytes:
    """Return the notes as an Anki package, with the files of the media folder that they refer to."""
    return package_of(notes, note_types, media_of(notes, media))


def write_anki_text(notes: pl.DataFrame) -> bytes:
    """Return the notes as a text file (UTF-8) with headers for Anki's File → Import."""
    return text_of(notes)


def write_cards_tsv(flashcards: pl.DataFrame) -> bytes:
    """Return the cards as TSV (UTF-8) with a header, nine columns, and one line per card. Tags are comma-separated."""
    return tsv(nine_columns(flashcards))


def nine_columns(flashcards: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the TSV file, with the tags as text."""
    return flashcards.with_columns(pl.col("tags").list.join(",")).select(COLUMNS)


def write_cards_json(flashcards: pl.DataFrame) -> bytes:
    """Return the cards as a JSON array (UTF-8) with the nine columns and the word's ID."""
    file = io.BytesIO()
    flashcards.select("item_id", *COLUMNS).write_json(file)
    return file.getvalue()


def _check_decided(decided: pl.DataFrame, generated: pl.DataFrame) -> None:
    """Raise an error if the released and held cards are not exactly the generated cards."""
    others = [
        one.join(other, on=_CARD, how="anti").height for one, other in ((generated, decided), (decided, generated))
    ]
    if any(others):
        raise LayersOutOfStepError(
            f"{counted(max(others), 'card')} changed after the quality pipeline ran. Nothing was exported. "
            "Run `kedro run --pipelines=quality,export,reporting`."
        )


def _check_known(lost: int) -> None:
    """Raise an error if cards were lost because the layers do not contain their words or analyses."""
    if lost:
        raise LayersOutOfStepError(
            f"{counted(lost, 'card')} cannot be exported: the layers come from different runs, and words or analyses "
            "are missing. Run `kedro run --pipelines=flashcards,quality,export`. Replies that you paid for come from "
            "the cache."
        )


def _settled(flashcards: pl.DataFrame, words: pl.DataFrame, ingress: IngressParameters) -> pl.DataFrame:
    """Return the cards, without or with a tag on those for words that are gone.

    ``keep`` changes only the cards for words that a person removed.
    """
    # A layer that an earlier release wrote does not have the columns.
    names = [name for name in ("removed", *(() if ingress.gone == "keep" else ("gone",))) if name in words.columns]
    gone = words.filter(pl.any_horizontal(names)) if names else words.clear()
    if gone.is_empty():
        return flashcards
    is_gone = pl.col("item_id").is_in(gone["item_id"].implode())
    if ingress.gone == "remove":
        return flashcards.filter(~is_gone)
    tagged = pl.col("tags").list.concat(pl.lit([_GONE_TAG]))
    return flashcards.with_columns(tags=pl.when(is_gone).then(tagged).otherwise("tags"))


def _untold(advice: str | None, back: str) -> str | None:
    """Return the lines of advice that the back does not have yet, or None: the offline model's cards may have them."""
    return "\n".join(line for line in (advice or "").split("\n") if line not in back) or None


def _confused_line() -> pl.Expr:
    """Return the last lines of a card's back as HTML, such as ``Easily confused: 가리키다 “to point at”`` and the advice."""
    texts = anki_note.escaped(pl.col("confused_with").list.eval(CONFUSED_WORD).list.join(CONFUSED_JOINT))
    advice = ("<br>" + anki_note.as_html("advice")).fill_null("")
    line = "<br><br>Easily confused: " + texts + advice
    return pl.when(pl.col("confused_with").list.len() > 0).then(line).otherwise(pl.lit(""))


def _deck(export: ExportParameters) -> pl.Expr:
    """Return each card's subdeck, or the main deck if the card's word has no level or tag."""
    level, tag = pl.format("TOPIK {}", "topik_level"), pl.col("own_tags").list.first()
    parts = {"auto": pl.coalesce(level, tag), "topik_level": level, "tag": tag, "none": pl.lit(None, pl.String)}
    return pl.format("{}::{}", pl.lit(export.deck_name), parts[export.subdecks]).fill_null(export.deck_name)
