"""The dbt project is asked once."""

from __future__ import annotations

import pytest

from tests.integration.identity.dbt_rules import DbtRules, ask_dbt


@pytest.fixture(scope="package")
def rules(tmp_path_factory: pytest.TempPathFactory) -> DbtRules:
    return ask_dbt(tmp_path_factory.mktemp("dbt"))
