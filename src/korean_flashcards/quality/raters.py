"""What the three raters say of the same cards or words, side by side: the score, the judge, the people. Pure."""

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.quality.agreement import kappa

Said = Mapping[tuple[str, str], str]

# things: what both rated, cards or words; see ``agreement.Kappa`` for the rest.
AGREEMENT_SCHEMA = {
    "first": pl.String, "second": pl.String, "things": pl.String, "rated": pl.Int64, "agreed": pl.Float64,
    "kappa": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


def agreements(
    quality: pl.DataFrame, judgements: pl.DataFrame, released: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Return how far each two of score, judge and people agree, AGREEMENT_SCHEMA.

    The judge rates words, so that it is compared by words; people and score rate cards. People say only yes or no: beside
    them "publish" is a yes, and "review" and "reject" are a no.
    """
    score_of_words = _verdicts(quality.filter(pl.col("tab_name").is_null()))
    score_of_cards = _verdicts(quality.filter(pl.col("tab_name").is_not_null()))
    judge, people = _verdicts(judgements), _people(released, held)
    pairs = (
        ("score", "judge", "words", score_of_words, judge, str),
        ("score", "people", "cards", score_of_cards, people, _yes_or_no),
        ("judge", "people", "words", judge, _by_word(people), _yes_or_no),
    )
    return frame_of(_rows(pairs), AGREEMENT_SCHEMA)


def _rows(pairs: tuple[tuple[str, str, str, Said, Said, Callable[[str], str]], ...]) -> Iterator[dict[str, object]]:
    for first, second, things, one, other, said in pairs:
        both = [(said(verdict), said(other[thing])) for thing, verdict in one.items() if thing in other]
        yield {"first": first, "second": second, "things": things, **kappa(both)._asdict()}


def _verdicts(frame: pl.DataFrame) -> Said:
    """Verdicts by item id and tab_name, which is "" of a word."""
    tab_name = pl.col("tab_name").fill_null("") if "tab_name" in frame.columns else pl.lit("")
    return {(item, tab): said for item, tab, said in frame.select("item_id", tab_name, "verdict").iter_rows()}


def _people(released: pl.DataFrame, held: pl.DataFrame) -> Said:
    """What people approved or rejected, a card that shows a rejected analysis too; an edited text's author is no rater."""
    approved = released.filter(pl.col("tags").list.contains("review:approved"))
    rejected = held.filter(held_as="rejected")
    cards = ((approved, "approve"), (rejected, "reject"))
    return {key: said for frame, said in cards for key in frame.select("item_id", "tab_name").iter_rows()}


def _by_word(people: Said) -> Said:
    """A word is as good as its worst card of those that people reviewed."""
    words: dict[tuple[str, str], str] = {}
    for (item_id, _), said in people.items():
        word = item_id, ""
        words[word] = "reject" if "reject" in (said, words.get(word)) else said
    return words


def _yes_or_no(verdict: str) -> str:
    return "yes" if verdict in ("publish", "approve") else "no"
