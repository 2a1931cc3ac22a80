"""The flow of quality."""

from kedro.pipeline import Node, Pipeline

from korean_flashcards.pipelines.quality import agreement_nodes, judge_nodes, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Check every analysis and card, score them by what was found, and release what is good enough for the deck."""
    return Pipeline(
        [
            Node(
                nodes.check_cards,
                ["nuance", "flashcards", "words", "checked_before", "check_rules"],
                ["findings", "checked"],
                name="check_cards",
            ),
            Node(
                nodes.score_cards, ["findings", "nuance", "flashcards", "params:quality"], "quality", name="score_cards"
            ),
            Node(
                judge_nodes.plan_judgements,
                [
                    "nuance",
                    "flashcards",
                    "quality",
                    "judge_prompt",
                    "llm",
                    "ledger",
                    "params:llm",
                    "params:stale",
                    "params:quality",
                ],
                "judge_requests",
                name="plan_judgements",
            ),
            Node(
                judge_nodes.ask_the_judge,
                ["judge_requests", "judge_prompt", "llm", "ledger", "params:llm", "params:tasks", "params:stale"],
                "judge_replies",
                name="ask_the_judge",
                tags=["spends_money"],
            ),
            Node(
                judge_nodes.parse_judgements,
                ["judge_replies", "params:quality"],
                ["judgements", "judge_failures"],
                name="parse_judgements",
            ),
            Node(
                nodes.release_cards,
                ["flashcards", "quality"],
                ["released_flashcards", "held_flashcards"],
                name="release_cards",
            ),
            Node(
                agreement_nodes.measure_agreement,
                ["quality", "judgements", "released_flashcards", "held_flashcards"],
                "agreement",
                name="measure_agreement",
            ),
        ]
    )
