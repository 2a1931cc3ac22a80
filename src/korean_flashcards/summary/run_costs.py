"""Add up what a run's calls cost, by stage, from the ledger or, if it has no calls by the run, from the layers."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import BaseModel

from korean_flashcards.domain.calls import OFFLINE_PREFIX, PaidStage, RunPayments
from korean_flashcards.domain.records import Stage

# The rows of words for which this run made calls. The attempts of a dead letter are those of earlier runs.
REQUESTED = (pl.col("attempts") > 0) & (~pl.col("cached") | pl.col("pending").is_not_null())


class StageCosts(BaseModel):
    """Totals for one stage's calls, including calls without a reply. A reply shared by several words counts once.

    Attributes:
        model: The models that were called, or the model that wrote the cached replies.
        replies: The number of replies, both cached and new.
        asked: The number of requests for which calls were made.
        attempts: The number of calls.
        unpriced: The number of calls whose price is unknown.
        unjudged: The number of words without a judgment. This is set only for the judge. For the other stages,
            ``RunSummary`` counts the words without results.
        reserved: The number of calls booked at their maximum cost, because their actual cost is unknown.
        reserved_usd: The total cost of these calls, which is part of ``cost_usd``.
    """

    stage: str
    model: str
    replies: int
    cached: int
    asked: int
    attempts: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    saved_usd: float
    unpriced: int
    unjudged: int = 0
    reserved: int = 0
    reserved_usd: float = 0.0


class OtherRun(BaseModel):
    """Totals for the calls made by another run that wrote the same layers at the same time.

    ``unpriced`` is the number of calls whose price is unknown.
    """

    run_id: str
    calls: int
    cost_usd: float
    unpriced: int


def stage_costs(replies: Mapping[Stage, pl.DataFrame], payments: RunPayments | None) -> list[StageCosts]:
    """Return each stage's costs. A missing judgment does not make a run incomplete.

    Args:
        replies: The replies of each stage that this run executed. The other layers are from earlier runs, whose costs
            must not be counted again.
        payments: See ``summarise``.
    """
    own: dict[str, PaidStage] = {paid.stage: paid for paid in payments.own} if payments else {}
    alone = payments is None or not payments.others
    costs = [
        _costs(stage, frame, own.get(stage), alone)
        for stage, frame in replies.items()
        if stage != "judge" or not frame.is_empty()
    ]
    if costs and costs[-1].stage == "judge":
        without = pl.col("pending").is_not_null() | pl.col("code").is_not_null()
        costs[-1].unjudged = replies["judge"].filter(without).height
    return costs


def _costs(stage: str, replies: pl.DataFrame, paid: PaidStage | None, alone: bool) -> StageCosts:
    """Return totals for one stage's requests in this run. ``saved_usd`` is the original cost of the cached replies.

    Only the ledger has all calls, such as those to a model that timed out before a fallback replied. The layers are
    counted instead if the ledger has no calls by this run, because the offline model's calls are not recorded. ``alone``:
    whether no other run wrote the same layers.
    """
    distinct = replies.unique("key", keep="first", maintain_order=True)
    mine = REQUESTED
    if paid is not None or not alone:
        # A simultaneous run may have paid for the other replies. If it wrote the layer, it got this run's replies from
        # the cache.
        own = pl.col("key").is_in(paid.keys if paid else frozenset())
        mine = own | (REQUESTED & pl.col("model").str.starts_with(OFFLINE_PREFIX))
    requested = distinct.filter(mine)
    with_reply = distinct.filter(pl.col("cached").is_not_null())
    cached = with_reply.join(requested, on="key", how="anti")
    called = _of_layers(requested, cached) if paid is None else _of_ledger(paid, requested)
    saved = float(cached["cost_usd"].sum())
    return StageCosts(stage=stage, replies=with_reply.height, cached=cached.height, saved_usd=saved, **called)


def _of_layers(requested: pl.DataFrame, cached: pl.DataFrame) -> dict[str, Any]:
    """Return the totals for the calls in a layer."""
    unpriced = requested.filter(pl.col("cost_usd").is_null())
    unanswered = requested.filter(pl.col("pending").is_not_null() & (pl.col("cost_usd") > 0))
    # A cached reply may come from a different model or from an earlier system.
    models = requested["model"].unique(maintain_order=True) if requested.height else cached["model"].head(1)
    return {
        "model": " and ".join(models), "asked": requested.height, "unpriced": int(unpriced["attempts"].sum()),
        **{name: int(requested[name].sum()) for name in ("attempts", "tokens_in", "tokens_out")},
        "cost_usd": float(requested["cost_usd"].sum()), "reserved": int(unanswered["attempts"].sum()),
        "reserved_usd": float(unanswered["cost_usd"].sum()),
    }  # fmt: skip


def _of_ledger(paid: PaidStage, requested: pl.DataFrame) -> dict[str, Any]:
    """Return the totals for the calls in the ledger, and for replies by an offline fallback, which it does not record."""
    offline = requested.filter(pl.col("model").str.starts_with(OFFLINE_PREFIX))
    only_offline = offline.filter(pl.col("attempts") == 1).height
    return {
        "model": " and ".join([*paid.models, *offline["model"].unique(maintain_order=True)]),
        "asked": paid.requests + only_offline, "attempts": paid.calls + offline.height, "cost_usd": paid.usd,
        **{name: getattr(paid, name) for name in ("tokens_in", "tokens_out", "unpriced", "reserved", "reserved_usd")},
    }  # fmt: skip


def other_runs(payments: RunPayments | None) -> list[OtherRun]:
    """Return the totals for other runs."""
    return [
        OtherRun(
            run_id=run_id, calls=sum(paid.calls for paid in stages), cost_usd=sum(paid.usd for paid in stages),
            unpriced=sum(paid.unpriced for paid in stages),
        )
        for run_id, stages in (payments.others if payments else {}).items()
    ]  # fmt: skip
