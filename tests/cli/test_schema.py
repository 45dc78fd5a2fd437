"""`podwright schema`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from podwright.cli import main


@pytest.mark.parametrize("kind", ["show", "feed", "season", "episode"])
def test_schemas_are_json_schemas(kind: str) -> None:
    document = json.loads(CliRunner().invoke(main, ["schema", kind]).stdout)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["properties"]
