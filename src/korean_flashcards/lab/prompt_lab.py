"""Provide the lab of a project: samples of words, variants, and comparisons."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.datasets.experiments import RECORD, ExperimentsDataset
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.files.login_name import login_name
from korean_flashcards.lab.blind_preferences import BlindPreferences
from korean_flashcards.lab.blind_rating import rate_pairs
from korean_flashcards.lab.card_candidates import CardCandidates
from korean_flashcards.lab.card_pairs import CardPair, card_pairs, chosen_pairs, current, questions
from korean_flashcards.lab.comparison_figures import verdict
from korean_flashcards.lab.experiment_price import judging_lines, plan_experiment, price_lines
from korean_flashcards.lab.experiment_record import (
    ExperimentPlan,
    PaidSoFar,
    checked_before,
    paid_before,
    read_experiment,
    write_experiment,
)
from korean_flashcards.lab.experiment_run import ExperimentLayers, recorded_experiment, run_experiment
from korean_flashcards.lab.judged_pairs import PairJudge
from korean_flashcards.lab.pair_text import ask_in_terminal
from korean_flashcards.lab.prompt_additions import best_cards, with_examples, with_feedback
from korean_flashcards.lab.prompt_comparison import PromptComparison
from korean_flashcards.lab.regression_set import (
    SET_SEED,
    SET_SIZE,
    RegressionTest,
    load_baseline,
    store_baseline,
    tested,
)
from korean_flashcards.lab.variant import (
    LabPrompt,
    PromptChoice,
    ResolvedVariant,
    Variant,
    VariantChoice,
    judge_parameters,
    resolve,
)
from korean_flashcards.lab.variant_layers import ExperimentInputs, all_checked
from korean_flashcards.lab.word_sample import WordSample, draw_sample
from korean_flashcards.ledger.prompts.preferences import Preference
from korean_flashcards.lifecycle.prepared_context import data_folder
from korean_flashcards.planning.consent import ConsentAdvice, confirm_plan
from korean_flashcards.planning.given_parameters import CONFIRMED, merged
from korean_flashcards.planning.missing_ledger import check_ledger
from korean_flashcards.prompts.prompt_lookup import PromptLookup
from korean_flashcards.stages.selection import select

Words = str | Sequence[str]
Choice = VariantChoice | Sequence[PromptChoice]
_FOLDER = "experiments"
_ADVICE = ConsentAdvice(
    "with yes=True", "To make the experiment smaller, name fewer words.", "Nothing was sent or paid for."
)


class PromptLab:
    """The lab of a project. It compares prompts, models, or parameters without changing the deck.

    Args:
        context: The open project.
        showing: Returns a context in which the progress of an experiment with that many steps is shown.
        advice: What a message says if the price is not confirmed.
        ask: Shows a pair of cards with its number and the number of pairs, and returns the key that the person chooses.
    """

    def __init__(
        self, context: KedroContext, showing: Callable[[int], AbstractContextManager[Any]] = lambda steps: nullcontext(),
        advice: ConsentAdvice = _ADVICE, ask: Callable[[CardPair, int, int], str] = ask_in_terminal,
    ) -> None:  # fmt: skip
        self._context, self._showing, self._advice, self._ask = context, showing, advice, ask
        self._catalog = context.catalog

    @property
    def folder(self) -> Path:
        """Return the folder with the experiments, one folder each."""
        return data_folder(self._context) / _FOLDER

    def sample(self, count: int, seed: int = 1, by: str = "pos,level") -> WordSample:
        """Return a sample of words in which every part of speech and level has its share.

        Args:
            count: The number of words.
            seed: The same seed draws the same words.
            by: Columns of the vocabulary, separated by commas, or "" for a simple sample.

        Raises:
            SettingsError: There are not that many words, or a column is unknown.
        """
        vocabulary = self._vocabulary()
        active = set(self._catalog.load("ledger").queue.select(None, None, None, None))
        return draw_sample(vocabulary.filter(pl.col("item_id").is_in(active)), count, seed, by)

    def prompt(self, reference: str) -> LabPrompt:
        """Return the prompt with a reference: a stage (nuance), a draft (nuance.short), or a version.

        Raises:
            SettingsError: There is no such prompt.
        """
        found = PromptLookup(self._context, self._catalog.load("ledger")).find(reference)
        return LabPrompt(found.stage, found.reference, found.prompt)

    def changed(self, reference: str, old: str, new: str) -> LabPrompt:
        """Return a prompt in which one passage is replaced, without writing a file.

        Raises:
            SettingsError: The passage is not in the prompt, or is there more than once.
        """
        found = self.prompt(reference)
        if (times := found.prompt.text.count(old)) != 1:
            raise SettingsError(
                f"The passage is in the prompt {reference} {times} times, but must be there once. Nothing was sent. "
                f"Copy a longer passage exactly from the prompt: {old!r}."
            )
        return self.rewritten(reference, found.prompt.text.replace(old, new))

    def rewritten(self, reference: str, text: str) -> LabPrompt:
        """Return a prompt with other text, for the stage and the request format of an existing prompt."""
        found = self.prompt(reference)
        return LabPrompt(
            found.stage, f"{reference} (changed)", replace(found.prompt, text=text.strip(), file=None, source="")
        )

    def with_examples(self, reference: str = "flashcards", count: int = 3, leave_out: Sequence[str] = ()) -> LabPrompt:
        """Return a cards prompt with your own best cards as examples: approved or edited ones first, then by score.

        Args:
            reference: The prompt to extend.
            count: The number of examples.
            leave_out: Word IDs that must not be examples. Name the words of a comparison, so that it stays fair.

        Raises:
            SettingsError: The prompt is not for cards, or there are no cards yet.
        """
        load = self._catalog.load
        if not all(map(self._catalog.exists, ("edited_flashcards", "quality"))):
            raise SettingsError("There are no cards for examples yet. Run the project first.")
        reviews = load("ledger").reviews.all()
        cards = best_cards(load("edited_flashcards"), load("quality"), reviews, count, leave_out)
        return with_examples(self.prompt(reference), cards)

    def candidates(
        self, word: str, count: int = 3, feedback: str = "", *, model: str | None = None,
        params: Mapping[str, Any] | None = None, budget: float | None = None, yes: bool = False,
    ) -> CardCandidates:  # fmt: skip
        """Return several candidate cards for one word, whose requests have your feedback.

        Args:
            word: A headword or word ID.
            count: The number of candidates. Each has its own analysis and cards.
            feedback: What to change, such as "shorter, with a food image".
            model: The model of both stages, or None for the project's own.
            params: Parameters by name.
            budget: The most that this call may cost in USD. It replaces the confirmation of the price.
            yes: Whether to confirm the price in advance.

        Raises:
            SettingsError: The word is unknown.
            NotConfirmedError: You declined the price.
            FlashcardsError: The model cannot be used, or you stopped. All replies so far are in the cache.
        """
        if count < 1:
            raise SettingsError(f"count must be 1 or more, not {count}.")
        prompts = [with_feedback(self.prompt(name), feedback) for name in ("nuance", "flashcards") if feedback.strip()]
        chosen = resolve(Variant(tuple(prompts), model, params or {}), self.prompt, self._parameters(budget, yes))
        rows = self._rows([word])
        _, layers = self._run(self._plan({"A": chosen}, rows, count, ()), rows)
        return CardCandidates(layers.results, layers.texts)

    def variant(
        self, *prompts: PromptChoice, model: str | None = None, params: Mapping[str, Any] | None = None
    ) -> Variant:
        """Return a variant for ``compare``.

        Args:
            prompts: References such as nuance.short, or prompts from ``changed``. Others are as in the project.
            model: The model of both stages, or None for the project's own.
            params: Parameters by name, such as {"language": "de"} or {"flashcards.card_types": ["Scene"]}.
        """
        return Variant(prompts, model, params or {})

    def compare(
        self, a: Choice, b: Choice, words: Words | None = None, *, repeats: int = 1, budget: float | None = None,
        yes: bool = False,
    ) -> PromptComparison:  # fmt: skip
        """Compare two variants on the same words. Show the price first, and request only what the cache lacks.

        The deck does not change. If the comparison is stopped, or a budget is used up, the same call continues it.

        Args:
            a: The variant to compare with: a prompt's reference, or a variant.
            b: The other variant.
            words: A sample, headwords, or word IDs, or None for a sample of 20 words.
            repeats: How many replies to request for each word, to see how much they differ from each other.
            budget: The most that this call may cost in USD. It replaces the confirmation of the price.
            yes: Whether to confirm the price in advance.

        Raises:
            SettingsError: A prompt, parameter, or word is unknown.
            NotConfirmedError: You declined the price.
            FlashcardsError: A model cannot be used, or you stopped. All replies so far are in the cache.
        """
        if repeats < 1:
            raise SettingsError(f"repeats must be 1 or more, not {repeats}.")
        chosen = self.sample(20) if words is None else words
        rows = self._rows(chosen)
        base = self._parameters(budget, yes)
        variants = {"A": resolve(a, self.prompt, base), "B": resolve(b, self.prompt, base)}
        plan = self._plan(variants, rows, repeats, chosen)
        record, layers = self._run(plan, rows)
        found = PromptComparison(record, layers.results, layers.texts, layers.paid)
        self._answers(found)
        return found

    def price(self, a: Choice, b: Choice, words: Words | None = None, *, repeats: int = 1) -> str:
        """Return what ``compare`` with the same arguments would request and cost. Nothing is sent.

        Raises:
            SettingsError: A prompt, parameter, or word is unknown.
        """
        rows, base = self._rows(self.sample(20) if words is None else words), self._parameters(None, yes=False)
        variants = {"A": resolve(a, self.prompt, base), "B": resolve(b, self.prompt, base)}
        load = self._catalog.load
        repeated, inputs = _repeated(variants, repeats), self._inputs(rows, self.folder)
        prices = plan_experiment(repeated, inputs, load, load("llm"), load("ledger"))
        return "\n".join(price_lines(variants, prices, rows.height))

    def test(
        self, *prompts: PromptChoice, model: str | None = None, params: Mapping[str, Any] | None = None,
        words: Words | None = None, renew: bool = False, budget: float | None = None, yes: bool = False,
    ) -> RegressionTest:  # fmt: skip
        """Test prompts on the regression set: a fixed set of words with stored results.

        The first test stores the results of the project's own prompts, or those of the named prompts if ``renew``.

        Args:
            prompts: The prompts to test, such as nuance.short, or none for the project's own.
            model: The model of both stages, or None for the project's own.
            params: Parameters by name.
            words: The words of a new set, or None for a sample of 30 words. An existing set needs ``renew``.
            renew: Whether to store the results of this test as the ones to compare with.
            budget: The most that this call may cost in USD. It replaces the confirmation of the price.
            yes: Whether to confirm the price in advance.

        Raises:
            SettingsError: A prompt, parameter, or word is unknown, or there is a set already.
            NotConfirmedError: You declined the price.
            FlashcardsError: A model cannot be used, or you stopped. All replies so far are in the cache.
        """
        baseline, base = load_baseline(self.folder.parent), self._parameters(budget, yes)
        if baseline is not None and words is not None and not renew:
            raise SettingsError("There is a regression set already. Pass renew=True to replace it, or leave words out.")
        candidate = resolve(Variant(prompts, model, params or {}), self.prompt, base)
        paid = PaidSoFar()
        if baseline is None or renew:
            chosen = words or (baseline[0]["words"][0].to_list() if baseline else self.sample(SET_SIZE, SET_SEED))
            first = candidate if renew else resolve((), self.prompt, base)
            rows = self._rows(chosen)
            plan = self._plan({"A": first}, rows, 1, chosen)
            record, found = self._run(plan, rows)
            baseline, paid = (record, found.by_name()), found.paid
            # Words without a reply would never be compared. The next test continues this one.
            if "pending" not in found.results["state"]:
                store_baseline(self.folder.parent, *baseline)
        rows = self._rows(baseline[0]["words"][0].to_list())
        record, found = self._run(self._plan({"B": candidate}, rows, 1, ()), rows)
        return tested(baseline, record, found.by_name(), paid.plus(found.paid))

    def preferences(self, experiment: PromptComparison | str) -> BlindPreferences:
        """Return what people and the judge prefer in a comparison.

        Raises:
            SettingsError: There is no such experiment.
        """
        found = self._opened(experiment)
        return BlindPreferences(found.name, len(card_pairs(found.results, found.texts)), self._answers(found))

    def prefer(
        self, experiment: PromptComparison | str, rater: str | None = None, words: Words | None = None
    ) -> BlindPreferences:
        """Ask a person which cards of each word are better, without saying which variant wrote them.

        The two sets of cards are in a random order, and every fifth word is shown a second time with the sets exchanged.
        Each answer is recorded at once. The same call continues with the pairs that this person has not rated.

        Args:
            experiment: A comparison, or its ID.
            rater: The name of the person, or None for review.reviewer or the user who is logged in.
            words: Headwords or word IDs, or None for all words whose cards differ.

        Raises:
            SettingsError: There is no such experiment or word.
        """
        check_ledger(self._catalog, asking=False)
        found, own = self._opened(experiment), Parameters.model_validate(self._context.params).review.reviewer
        name = clean(rater or own or login_name() or "").strip()
        if not name:
            raise SettingsError('The name of the rater is unknown. Pass it, such as rater="kim".')
        pairs = chosen_pairs(card_pairs(found.results, found.texts), words)
        open_pairs = questions(pairs, found.name, name, self._answers(found))
        answered = rate_pairs(open_pairs, found.name, name, self._catalog.load("ledger").preferences, self._ask)
        return BlindPreferences(found.name, len(pairs), self._answers(found), len(open_pairs) - answered)

    def judge(
        self, experiment: PromptComparison | str, *, model: str | None = None,
        params: Mapping[str, Any] | None = None, words: Words | None = None, budget: float | None = None,
        yes: bool = False,
    ) -> BlindPreferences:  # fmt: skip
        """Ask the judge's model which cards of each word are better, in both orders. Show the price first.

        Args:
            experiment: A comparison, or its ID.
            model: The judge's model, or None for the project's own (llm.stages.judge).
            params: Parameters by name.
            words: Headwords or word IDs, or None for all words whose cards differ.
            budget: The most that this call may cost in USD. It replaces the confirmation of the price.
            yes: Whether to confirm the price in advance.

        Raises:
            SettingsError: There is no such experiment or word, or the judge's model is the offline model.
            NotConfirmedError: You declined the price.
            FlashcardsError: The model cannot be used, or you stopped. All replies so far are in the cache.
        """
        found, load = self._opened(experiment), self._catalog.load
        pairs = chosen_pairs(card_pairs(found.results, found.texts), words)
        parameters = judge_parameters(model, params or {}, self.prompt, self._parameters(budget, yes))
        client, ledger = load("llm"), load("ledger")
        judge = PairJudge(pairs, self._vocabulary(), load("preference_prompt"), parameters)
        with self._showing(1):
            plan = judge.plan(client, ledger)
            if plan.spends:
                lines = judging_lines(plan, len(pairs), parameters.llm.of("judge").model)
                confirm_plan(plan, parameters.llm, lines, self._advice)
            run = recorded_experiment(
                found.name, parameters, client, ledger, self._context.env or "local", plan.requests
            )
            with run as paid:
                answers, missing = judge.answers(client, ledger)
        known = set(self._answers(found))
        load("ledger").preferences.add(found.name, [one for one in answers if one not in known])
        return BlindPreferences(found.name, len(pairs), self._answers(found), missing, paid[0])

    def experiments(self) -> pl.DataFrame:
        """Return the records of all experiments, two rows each, the newest first."""
        return ExperimentsDataset(path=str(self.folder)).load()

    def open(self, name: str) -> PromptComparison:
        """Return an earlier comparison by its ID.

        Raises:
            SettingsError: There is no such experiment, or its files cannot be read.
        """
        known = sorted(path.parent.name for path in self.folder.glob(f"*/{RECORD}"))
        if name not in known:
            raise SettingsError(
                f"There is no experiment named {name}. The experiments are: {', '.join(known) or 'none'}."
            )
        record, layers = read_experiment(self.folder / name)
        found = PromptComparison(record, layers["results"], layers["texts"])
        self._answers(found)
        return found

    def _opened(self, experiment: PromptComparison | str) -> PromptComparison:
        found = experiment if isinstance(experiment, PromptComparison) else self.open(experiment)
        if set(found.labels) != {"A", "B"}:
            raise SettingsError(
                f"The experiment {found.name} does not compare two variants, so there is nothing to prefer."
            )
        return found

    def _answers(self, found: PromptComparison) -> list[Preference]:
        """Return the answers about the comparison's cards, and store them in the comparison."""
        ledger = self._catalog.load("ledger")
        answers = ledger.preferences.of(found.name) if ledger.store.path.exists() else []
        found.answers = current(answers, card_pairs(found.results, found.texts))
        return found.answers

    def _plan(
        self, variants: Mapping[str, ResolvedVariant], rows: pl.DataFrame, repeats: int, drawn: Words
    ) -> ExperimentPlan:
        """Return the plan of an experiment. ``drawn``: the words as they were given, such as a sample."""
        return ExperimentPlan(
            variants, rows["item_id"].to_list(), repeats, getattr(drawn, "seed", None), getattr(drawn, "by", ()),
            self._catalog.load("check_rules"),
        )  # fmt: skip

    def _run(self, plan: ExperimentPlan, words: pl.DataFrame) -> tuple[pl.DataFrame, ExperimentLayers]:
        """Show the price, request what is missing, store the experiment, and return its record and its layers."""
        load, folder = self._catalog.load, self.folder / plan.name
        client, ledger, inputs = load("llm"), load("ledger"), self._inputs(words, folder)
        repeats = _repeated(plan.variants, plan.repeats)
        with self._showing(len(plan.variants) * plan.repeats):
            prices = plan_experiment(repeats, inputs, load, client, ledger)
            together, settings = prices[""], next(iter(plan.variants.values())).parameters.llm
            if together.spends:
                confirm_plan(together, settings, price_lines(plan.variants, prices, words.height), self._advice)
            layers = run_experiment(
                plan.name, repeats, inputs, client, ledger, self._context.env or "local", together.requests
            )
        paid = layers.paid.plus(paid_before(folder))
        text = verdict(layers.results, layers.texts).text if len(plan.variants) > 1 else ""
        record = plan.record(paid, text)
        write_experiment(folder, record, layers.by_name())
        return record, layers

    def _inputs(self, words: pl.DataFrame, folder: Path) -> ExperimentInputs:
        load = self._catalog.load
        checked = all_checked(load("checked_before"), checked_before(folder))
        accepted = load("accepted_replies").without_storing()
        return ExperimentInputs(words, load("confusables"), checked, load("check_rules"), accepted)

    def _rows(self, words: Words) -> pl.DataFrame:
        """Return the words' rows of the vocabulary."""
        wanted = list(words) if not isinstance(words, str) else words
        if not wanted:
            # An empty selection means all words elsewhere, and would pay for all of them here.
            raise SettingsError(
                "The list of words is empty. Nothing was sent. Name words, or draw them with lab.sample."
            )
        return select(self._vocabulary(), self._catalog.load("ledger"), None, None, None, wanted).words

    def _vocabulary(self) -> pl.DataFrame:
        check_ledger(self._catalog, asking=False)
        if not self._catalog.exists("vocabulary"):
            raise SettingsError(
                "This project has no words yet. Import your lists first: `kedro run --pipelines=ingress`."
            )
        frame: pl.DataFrame = self._catalog.load("vocabulary")
        return frame

    def _parameters(self, budget: float | None, yes: bool) -> dict[str, Any]:
        base = Parameters.model_validate(self._context.params).model_dump()
        if budget is not None:
            base = merged(base, {"llm": {"budget": {"run": {"usd": budget}}, "confirm_above_usd": None}})
        return merged(base, CONFIRMED) if yes else base


def _repeated(variants: Mapping[str, ResolvedVariant], repeats: int) -> dict[str, list[ResolvedVariant]]:
    """Return each variant once for each repeat."""
    return {name: [one.repeated(number) for number in range(1, repeats + 1)] for name, one in variants.items()}
