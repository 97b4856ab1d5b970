"""What fails inside Dagster: people learn that it did, and nothing of how the server is made."""

from __future__ import annotations

import pytest

from tests.integration.web.gated import Gated

#: Dagster's own resolver fails on assets without partitions.
FAILING = """{ assetNodes { assetKey { path } dataVersionByPartition(partitions: ["2026"]) } }"""


#: The same, where the answer's type has a place for errors.
CAPTURED = """{ graphOrError(selector: null) { ... on PythonError { message stack } } }"""


@pytest.mark.parametrize("user", ["operator", "ana"])
def test_internal_failure_shows_no_stack_trace(gated: Gated, user: str) -> None:
    answer = gated.signed_in(user).post("/graphql", json={"query": FAILING})
    assert answer.status_code == 200
    assert {error["message"] for error in answer.json()["errors"]} == {"Dagster cannot answer this"}
    assert "errorInfo" not in answer.text
    assert ".py" not in answer.text


def test_error_results_have_no_stack_trace(gated: Gated) -> None:
    answer = gated.signed_in("ana").post("/graphql", json={"query": CAPTURED})
    assert answer.status_code == 200
    found = answer.json()["data"]["graphOrError"]
    assert (found["stack"], ".py" in found["message"]) == ([], False)
    assert found["message"]


def test_invalid_query_is_explained(gated: Gated) -> None:
    answer = gated.signed_in("ana").post("/graphql", json={"query": "{ nothing }"})
    assert answer.status_code == 400
    assert "nothing" in answer.json()["errors"][0]["message"]
