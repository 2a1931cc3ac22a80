"""Ask the judge's model which cards of each word are better, in both orders. Replies are cached like all others."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import headword
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.formats.pair_reply import read_pair_choice
from korean_flashcards.formats.schemas import pair_schema
from korean_flashcards.lab.card_pairs import CardPair, CardTexts, swapped
from korean_flashcards.lab.experiment_ledger import ExperimentLedger
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.prompts.preferences import Choice, Preference
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.quality.judge_nodes import FROM_LIST
from korean_flashcards.planning.plan import RunPlan, plan_requests
from korean_flashcards.planning.ranges import Range
from korean_flashcards.planning.rehearsal import RehearsalClient, Rehearsed
from korean_flashcards.stages.ports import ChatClient
from korean_flashcards.stages.stage import ModelStage

# Tokens in a reply: JSON with one sentence.
_REPLY = Range(30, 50, 90)


@dataclass(frozen=True)
class PairJudge:
    """The judge of an experiment's pairs.

    Attributes:
        pairs: The pairs. Each is sent in both orders, because models tend to prefer one place.
        words: The rows of the vocabulary, which are sent too.
        prompt: The prompt of the judge.
        parameters: The parameters, whose model for the stage "judge" answers.
    """

    pairs: Sequence[CardPair]
    words: pl.DataFrame
    prompt: Prompt
    parameters: Parameters

    def plan(self, client: LLMClient, ledger: Ledger) -> RunPlan:
        """Return the requests that are missing, and their price. Nothing is sent."""
        rehearsal = RehearsalClient(client)
        with ledger.rehearsal() as copy:
            view = ExperimentLedger(copy)
            stage = self._stage(rehearsal, view)
            requests = stage.plan(self._texts(), _acceptance)
            stage.generate(requests, _acceptance, self.parameters.tasks, None)
            found = Rehearsed("judge", stage.template, {}, {}, rehearsal.missing, requests)
            return plan_requests(found, self.parameters, view, _REPLY)

    def answers(self, client: LLMClient, ledger: Ledger) -> tuple[list[Preference], int]:
        """Request the missing replies. Return the answers, and the number of words without both answers.

        Raises:
            FlashcardsError: The model cannot be used, or the user stopped. All replies so far are in the cache.
        """
        stage = self._stage(client, ExperimentLedger(ledger))
        requests = stage.plan(self._texts(), _acceptance)
        replies = stage.generate(requests, _acceptance, self.parameters.tasks, None)
        shown = {_name(pair): pair for pair in self._in_both_orders()}
        found = [
            _answer(shown[name], model, read_pair_choice(text, headword(shown[name].term)).choice)
            for name, model, text, code in replies.select("item_id", "model", "text", "code").iter_rows()
            if text is not None and code is None
        ]
        complete = {(one.item_id, one.first) for one in found}
        without = sum(not {(pair.item_id, "A"), (pair.item_id, "B")} <= complete for pair in self.pairs)
        return found, without

    def _stage(self, client: ChatClient, ledger: ExperimentLedger) -> ModelStage:
        return ModelStage.of("judge", pair_schema(), self.prompt, self.parameters.llm, client, ledger, "redo")

    def _in_both_orders(self) -> Iterator[CardPair]:
        for pair in self.pairs:
            yield pair
            yield swapped(pair)

    def _texts(self) -> Iterator[tuple[str, str, str]]:
        """Yield the name, the headword, and the user text of each request."""
        rows = {row["item_id"]: row for row in self.words.iter_rows(named=True)}
        for pair in self._in_both_orders():
            term = headword(pair.term)
            yield _name(pair), term, _user_text(term, rows.get(pair.item_id, {}), pair)


def _user_text(term: str, row: Mapping[str, Any], pair: CardPair) -> str:
    listed = {name: row[name] for name in FROM_LIST if row.get(name) is not None}
    first, second = map(_sides, pair.cards)
    return json.dumps({"term": term, "row": listed, "first": first, "second": second}, ensure_ascii=False)


def _sides(cards: CardTexts) -> list[dict[str, str]]:
    return [{"side": side, "text": text} for side, text in cards]


def _answer(pair: CardPair, model: str, choice: str) -> Preference:
    choices: dict[str, Choice] = {"first": pair.first, "second": pair.second, "same": "same"}
    return pair.answer(model, "judge", choices[choice])


def _name(pair: CardPair) -> str:
    """Return the name of a request, which is unique for a word and an order."""
    return f"{pair.item_id} {pair.first}"


def _acceptance(term: str, user: str | None) -> Callable[[str], object]:
    return partial(read_pair_choice, word=term)
