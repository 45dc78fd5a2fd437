"""What the workspace's schema refuses is left out, with its reason, and all else stays."""

from __future__ import annotations

from typing import Any

import pytest

from podwright.workspace.importing.fitting import fitted
from podwright.workspace.schema import EpisodeFile, Known

GOOD: dict[str, Any] = {"title": "T", "guid": "g", "published": "2020-06-01"}


@pytest.mark.parametrize(
    ("fields", "kept", "refused"),
    [
        ({"link": "not an address"}, {}, ["link"]),
        ({"people": [{"name": "Ada", "url": "x"}]}, {"people": [{"name": "Ada"}]}, ["people.0.url"]),
        ({"people": [{"name": "", "url": "x"}, {"name": "Ben"}]}, {"people": [{"name": "Ben"}]}, ["people.0.name"]),
        ({"chapters": [{"start": "x"}]}, {}, ["chapters.0.start", "chapters.0.title"]),
        (
            {"chapters": [{"start": "x"}, {"start": "00:05", "title": "Five"}]},
            {"chapters": [{"start": "00:05", "title": "Five"}]},
            ["chapters.0.start"],
        ),
        ({"license": {"identifier": "of my own"}}, {}, ["license.url"]),
        ({"subtitle": "a\x07b"}, {"subtitle": "ab"}, []),
    ],
)
def test_a_field_that_is_refused_takes_no_more_with_it_than_it_must(
    fields: dict[str, Any], kept: dict[str, Any], refused: list[str]
) -> None:
    found, findings = fitted(EpisodeFile, {**GOOD, **fields}, where="feed.xml", line=7, known=Known())
    assert found == {**GOOD, **kept}
    named = [finding.field for finding in findings]
    assert set(refused) <= set(named)
    assert all(finding.line == 7 and finding.level == "warning" for finding in findings)
