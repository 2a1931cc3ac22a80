"""What the review page asks for, without a browser: order, filters, changes by runs, and undoing."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from support.commands import Kedro, kedro_here
from support.project import Project
from support.served_review import PAGE_REVIEWER

from korean_flashcards.commands.review.session import open_session
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.reviewing import page_requests as asked
from korean_flashcards.reviewing.open_desk import open_desk
from korean_flashcards.reviewing.review_desk import ReviewDesk


@pytest.fixture
def kedro(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    return kedro_here(finished.copied_to(tmp_path / "project"), monkeypatch)


@pytest.fixture
def desk(kedro: Kedro) -> Iterator[ReviewDesk]:
    with open_session(None) as session:
        yield open_desk(session, PAGE_REVIEWER)


def _card(desk: ReviewDesk, **request: object) -> dict[str, object]:
    found = desk.card(asked.CardRequest.model_validate({"filter": {}} | request))
    return found["item"] or {}


def _decision(item: dict[str, object], **more: object) -> dict[str, object]:
    return {name: item[name] for name in ("item_id", "card", "fingerprint", "last_review")} | more


def test_cards_come_worst_score_first_and_each_one_once(desk: ReviewDesk) -> None:
    wanted = {"word": "사"}
    seen, item = [], _card(desk, filter=wanted)
    while item:
        seen.append((item["score"], item["item_id"], item["card"]))
        item = _card(desk, filter=wanted, at={"item_id": item["item_id"], "card": item["card"]}, step=1)
    count = desk.selection(asked.SelectionRequest.model_validate({"filter": wanted}))["count"]
    assert len(set(seen)) == len(seen) == count > 5
    scores = [score for score, *_ in seen]
    assert scores == sorted(scores)
    last = {"item_id": seen[-1][1], "card": seen[-1][2]}
    before = _card(desk, filter=wanted, at=last, step=-1)
    assert (before["item_id"], before["card"]) == seen[-2][1:]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"show": "all"}, 189), ({"show": "approved"}, 0), ({"word": "남성"}, 3), ({"word": "MALE"}, 6),
        ({"word": "남성", "card": "Scene"}, 1), ({"stage": "nuance", "word": "남성"}, 1), ({"verdict": "reject"}, 0),
        ({"word": ".*"}, 0), ({"card": "analysis"}, 0),
    ],
)  # fmt: skip
def test_filters_select_cards(desk: ReviewDesk, wanted: dict[str, str], count: int) -> None:
    request = asked.SelectionRequest.model_validate({"filter": wanted})
    assert desk.selection(request)["count"] == count


def test_a_card_that_a_run_has_generated_again_is_not_approved_unseen(desk: ReviewDesk) -> None:
    item = _card(desk)
    layer = Path("data/04_feature/flashcards.parquet")
    cards = pl.read_parquet(layer)
    changed = (pl.col("item_id") == item["item_id"]) & (pl.col("tab_name") == item["card"])
    cards.with_columns(front=pl.when(changed).then(pl.lit("A new question?")).otherwise("front")).write_parquet(layer)
    with pytest.raises(ReviewError, match="has changed since it was shown"):
        desk.approve(asked.DecisionRequest.model_validate(_decision(item)))
    again = _card(desk, at={"item_id": item["item_id"], "card": item["card"]}, step=0)
    assert isinstance(fields := again["fields"], list) and fields[0]["text"] == "A new question?"
    assert desk.approve(asked.DecisionRequest.model_validate(_decision(again)))["undoable"] == 1


def test_a_selection_that_changed_after_it_was_shown_is_not_approved(desk: ReviewDesk, kedro: Kedro) -> None:
    wanted = {"filter": {"word": "남성"}}
    digest = desk.selection(asked.SelectionRequest.model_validate(wanted))["digest"]
    kedro("review", "reject", "남성", "--card", "Hanja", "--reason", "no")
    with pytest.raises(ReviewError, match="The selection has changed"):
        desk.approve_all(asked.ApproveAllRequest.model_validate(wanted | {"digest": digest}))


def test_an_edit_that_breaks_a_rule_is_explained_in_the_preview_and_not_saved(desk: ReviewDesk) -> None:
    item = _card(desk, filter={"stage": "nuance", "word": "남성"})
    name = {"item_id": item["item_id"], "card": item["card"]}
    for values, problem in (
        ({"ipa": "nam"}, "ipa must be in a single pair of square brackets"),
        ({"comparison": "{"}, "must be JSON"),
        ({"other": "x"}, "cannot be edited"),
    ):
        answer = desk.preview(asked.PreviewRequest.model_validate(name | {"values": values}))
        assert answer["note"] is None and problem in answer["problem"]
        with pytest.raises(ReviewError, match="Nothing was changed"):
            desk.edit(asked.EditRequest.model_validate(_decision(item, values=values)))
    assert not desk.counts


def test_only_what_was_done_on_the_page_is_undone(desk: ReviewDesk, kedro: Kedro) -> None:
    with pytest.raises(ReviewError, match="There is nothing to undo"):
        desk.undo(asked.EmptyRequest())
    item = _card(desk)
    desk.approve(asked.DecisionRequest.model_validate(_decision(item)))
    kedro("review", "reject", str(item["item_id"]), "--card", str(item["card"]), "--reason", "no")
    with pytest.raises(ReviewError, match="has been reviewed again since then"):
        desk.undo(asked.EmptyRequest())
