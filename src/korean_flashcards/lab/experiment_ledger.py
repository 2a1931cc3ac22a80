"""Show the ledger to an experiment: with all budgets and limits, but without the words' tasks, so that no task changes."""

from collections.abc import Iterable, Sequence

from korean_flashcards.domain.calls import RunPayments
from korean_flashcards.domain.parameters import TaskParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.reviews import LedgerReviews
from korean_flashcards.ledger.spending.budgets import LedgerBudgets
from korean_flashcards.ledger.spending.circuit_breakers import LedgerCircuitBreakers
from korean_flashcards.ledger.spending.provider_batches import LedgerBatches
from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits
from korean_flashcards.llm.null_services import NullTaskClaims
from korean_flashcards.stages.task import Task, TaskDecision


class ExperimentQueue:
    """A task queue in which every word has a new task in every stage, and in which nothing is recorded.

    No claims are needed, because an experiment runs while no run does.
    """

    def select(
        self, batches: Sequence[str] | None, words: Sequence[str] | None, priority_min: int | None, limit: int | None
    ) -> list[str]:
        """Return the words, which the experiment has already selected."""
        return list(words or ())

    def listed(self, batches: Sequence[str]) -> set[str]:
        """Return nothing, because an experiment has no lists."""
        return set()

    def dead(self, item_ids: Iterable[str]) -> set[str]:
        """Return nothing, because the failures of runs do not count."""
        return set()

    def unknown(self, item_ids: Iterable[str]) -> set[str]:
        """Return nothing, because no task is needed."""
        return set()

    def removed(self) -> set[str]:
        """Return nothing, because an experiment may also use removed words."""
        return set()

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]:
        """Return a new task for each word, in the order of the words."""
        return {item_id: _new_task(item_id, place) for place, item_id in enumerate(item_ids)}

    def prompt_numbers(self, stage: Stage) -> dict[str, int]:
        """Return nothing, because new tasks are never stale."""
        return {}

    def note(self, stage: Stage, prompt: Prompt, decisions: Iterable[TaskDecision]) -> None:
        """Do nothing."""

    def keep_good(self, stage: Stage, before: Iterable[Task]) -> None:
        """Do nothing."""

    def claims(self, stage: Stage, decisions: Iterable[TaskDecision], parameters: TaskParameters) -> NullTaskClaims:
        """Return claims that are always granted."""
        return NullTaskClaims()


class ExperimentLedger:
    """A ledger with the queue of an experiment. Calls, budgets, and limits are those of the project."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.queue = ExperimentQueue()

    @property
    def store(self) -> LedgerStore:
        """Return the ledger's database."""
        return self._ledger.store

    @property
    def budgets(self) -> LedgerBudgets:
        """Return the project's budgets."""
        return self._ledger.budgets

    @property
    def rate_limits(self) -> LedgerRateLimits:
        """Return the models' rate limits."""
        return self._ledger.rate_limits

    @property
    def breakers(self) -> LedgerCircuitBreakers:
        """Return the models' circuit breakers."""
        return self._ledger.breakers

    @property
    def provider_batches(self) -> LedgerBatches:
        """Return the open batches, so that no request in a batch is sent again."""
        return self._ledger.provider_batches

    @property
    def reviews(self) -> LedgerReviews:
        """Return the reviews."""
        return self._ledger.reviews

    def payments(self) -> RunPayments | None:
        """Return what this process's run has paid."""
        return self._ledger.payments()


def _new_task(item_id: str, place: int) -> Task:
    return Task(
        item_id, "pending", priority=0, frequency=0, position=place, attempts=0, key=None, model=None,
        prompt_version=None, code=None, message=None, stale=None, pinned=0,
    )  # fmt: skip
