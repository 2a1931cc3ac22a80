"""Nodes that send requests need consent to the cost of the run, in every runner and when called by hand."""

from pathlib import Path

import pytest
from kedro.io import DataCatalog
from support.requests_to_send import TEMPLATE, make_requests, settings

from korean_flashcards.domain.errors import NotConfirmedError
from korean_flashcards.domain.records import Stage
from korean_flashcards.hooks import RunHooks
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipeline_registry import register_pipelines
from korean_flashcards.planning.consent import RunConsent

NOWHERE = "http://127.0.0.1:9/v1"


def test_no_request_is_sent_without_consent(tmp_path: Path) -> None:
    stages: list[Stage] = []

    def refuse(stage: Stage) -> None:
        stages.append(stage)
        raise NotConfirmedError("no")

    with pytest.raises(NotConfirmedError):
        LLMClient(tmp_path).complete(TEMPLATE, make_requests(["배"]), settings(NOWHERE), consent=refuse)
    assert stages == ["nuance"] and not list(tmp_path.iterdir())


def test_consent_is_needed_only_if_a_reply_is_missing(tmp_path: Path) -> None:
    """With cache_only, nothing is sent, but the word may lose its cards."""
    asked: list[Stage] = []
    client = LLMClient(tmp_path)
    assert client.complete(TEMPLATE, [], settings(NOWHERE), consent=asked.append) == [] and asked == []
    (reply,) = client.complete(
        TEMPLATE, make_requests(["배"]), settings(NOWHERE, cache_only=True), consent=asked.append
    )
    assert reply.pending == "cache_only" and asked == ["nuance"]


def test_each_node_that_spends_money_has_the_consent_as_input() -> None:
    nodes = register_pipelines()["__default__"].nodes
    spending = [node for node in nodes if "spends_money" in node.tags]
    assert len(spending) == 3
    assert [node for node in nodes if "consent" in node.inputs] == spending


def test_every_catalog_has_the_same_consent_object_and_not_a_copy() -> None:
    catalog = DataCatalog()
    RunHooks().after_catalog_created(catalog)
    consent = catalog.load("consent")
    assert isinstance(consent, RunConsent) and catalog.load("consent") is consent
