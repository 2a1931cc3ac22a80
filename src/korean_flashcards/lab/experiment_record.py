"""Store an experiment with everything that is needed to repeat it, in a folder of its own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from korean_flashcards.datasets.experiments import RECORD
from korean_flashcards.datasets.rules import package_version
from korean_flashcards.domain.errors import OutputError, SettingsError
from korean_flashcards.domain.frame_schemas import Columns
from korean_flashcards.files.atomic import atomic_path
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.lab.variant import ResolvedVariant
from korean_flashcards.llm.secrets import without_keys

_PROMPT = pl.Struct(dict.fromkeys(("name", "reference", "version", "text"), pl.String) | {"format": pl.Int64})
# One row for each variant.
EXPERIMENT_SCHEMA: Columns = {
    "experiment": pl.String, "at": pl.String, "variant": pl.String, "label": pl.String,
    "prompts": pl.List(_PROMPT), "nuance_model": pl.String, "flashcards_model": pl.String, "parameters": pl.String,
    "words": pl.List(pl.String), "seed": pl.Int64, "by": pl.String, "repeats": pl.Int64, "version": pl.String,
    "rules": pl.String, "requests": pl.Int64, "usd": pl.Float64, "verdict": pl.String,
}  # fmt: skip
# The layers of an experiment besides its record.
LAYERS = ("results", "texts", "findings", "checked")
# Parameters that change neither requests nor scores.
_NOT_IN_ID = ("confirm_above_usd", "confirm_addresses", "confirm_missing", "confirm_upgrade", "budget", "timeout",
              "concurrency", "rates", "breaker", "prices", "backoff", "max_wait", "max_pause", "api_base")  # fmt: skip


@dataclass(frozen=True)
class PaidSoFar:
    """What an experiment has paid so far: the number of requests, and USD, or None if a price is unknown."""

    requests: int = 0
    usd: float | None = 0.0

    def plus(self, other: "PaidSoFar") -> "PaidSoFar":
        """Return the sum."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return PaidSoFar(self.requests + other.requests, usd)


@dataclass(frozen=True)
class ExperimentPlan:
    """An experiment before it begins.

    Attributes:
        variants: The variants by name (A and B), without repeats.
        words: The item IDs.
        repeats: How often each request is sent.
        seed: The seed of the sample, or None if the words were named.
        by: The columns of the sample.
        rules: The version of the checks.
    """

    variants: Mapping[str, ResolvedVariant]
    words: Sequence[str]
    repeats: int
    seed: int | None
    by: Sequence[str]
    rules: str

    @property
    def name(self) -> str:
        """Return the experiment's ID. The same comparison of the same words always has the same ID."""
        variants = [_variant_parts(variant) for variant in self.variants.values()]
        parts = json.dumps([variants, list(self.words), self.repeats], sort_keys=True, default=str)
        short = "-vs-".join(_slug(variant.label) for variant in self.variants.values())
        return f"{short}-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"

    def record(self, paid: PaidSoFar, verdict: str) -> pl.DataFrame:
        """Return the record (EXPERIMENT_SCHEMA). API keys are removed from the parameters."""
        return pl.DataFrame([
            {
                "experiment": self.name, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "variant": name,
                "label": variant.label, "prompts": _prompt_rows(variant), "nuance_model": variant.model("nuance"),
                "flashcards_model": variant.model("flashcards"),
                "parameters": json.dumps(without_keys(variant.parameters.model_dump(mode="json")), ensure_ascii=False),
                "words": list(self.words), "seed": self.seed, "by": ",".join(self.by), "repeats": self.repeats,
                "version": package_version(), "rules": self.rules, "requests": paid.requests, "usd": paid.usd,
                "verdict": verdict,
            }
            for name, variant in self.variants.items()
        ], EXPERIMENT_SCHEMA)  # fmt: skip


def write_experiment(folder: Path, record: pl.DataFrame, layers: Mapping[str, pl.DataFrame]) -> None:
    """Write the layers of an experiment to its folder, and then the record, which makes it complete.

    Raises:
        OutputError: The files cannot be written.
    """
    failed = f"The experiment cannot be written to {shown_path(folder)}"
    with explaining_disk(OutputError, failed, "Replies that you paid for are in the cache."):
        for name, frame in [*layers.items(), (RECORD.removesuffix(".parquet"), record)]:
            with atomic_path(folder / f"{name}.parquet") as path:
                frame.write_parquet(path)


def read_experiment(folder: Path) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return an experiment's record and its layers by name.

    Raises:
        SettingsError: A file is missing or damaged.
    """
    try:
        layers = {name: pl.read_parquet(folder / f"{name}.parquet") for name in LAYERS}
        return pl.read_parquet(folder / RECORD), layers
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SettingsError(
            f"The experiment in {shown_path(folder)} cannot be read: {error}. Compare the same prompts and words again. "
            "Replies that you paid for are in the cache."
        ) from error


def checked_before(folder: Path) -> pl.DataFrame:
    """Return the findings of an earlier run of the experiment in a folder, or an empty frame."""
    try:
        return pl.read_parquet(folder / "checked.parquet")
    except (OSError, pl.exceptions.PolarsError):
        return pl.DataFrame()


def paid_before(folder: Path) -> PaidSoFar:
    """Return what earlier runs of the experiment in a folder have paid."""
    try:
        record = pl.read_parquet(folder / RECORD, columns=["requests", "usd"])
        return PaidSoFar(*record.row(0))
    except (OSError, pl.exceptions.PolarsError):
        return PaidSoFar()


def _variant_parts(variant: ResolvedVariant) -> list[Any]:
    own = variant.parameters.model_dump(mode="json")
    llm = {name: value for name, value in own["llm"].items() if name not in _NOT_IN_ID}
    return [[chosen.prompt.version for chosen in variant.prompts.values()],
            own["flashcards"], own["quality"], own["language"], llm]  # fmt: skip


def _prompt_rows(variant: ResolvedVariant) -> list[dict[str, Any]]:
    return [
        {"name": name, "reference": chosen.reference, "version": chosen.prompt.version, "text": chosen.prompt.text,
         "format": chosen.prompt.request_format}
        for name, chosen in variant.prompts.items()
    ]  # fmt: skip


def _slug(label: str) -> str:
    """Return the first choice in a label as part of a folder's name."""
    first = label.partition(",")[0].removeprefix("the project's ")
    return "".join(char if (char.isascii() and char.isalnum()) or char == "." else "-" for char in first)[:40].strip(
        "-."
    )
