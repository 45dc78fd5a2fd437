"""`podwright doctor`."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.commands import NOW, machine, run
from tests.support.seaweed import REGION, Seaweed


def test_the_doctor_sees_what_was_published_reach_everybody_and_sets_what_is_missing(
    sample: Path, bucket: str, seaweed: Seaweed
) -> None:
    where = {
        "PODWRIGHT_STORAGE": f"s3://{bucket}",
        "PODWRIGHT_PUBLIC_URL": f"{seaweed.endpoint_url}/{bucket}/",
        "PODWRIGHT_ENDPOINT_URL": seaweed.endpoint_url,
        "PODWRIGHT_REGION": REGION,
    }
    first = run(sample, "publish", "--now", NOW, **where)
    assert first.exit_code == 0
    assert "podwright doctor --policy public prints the policy" in first.stderr
    again = run(sample, "publish", "--now", NOW, **where)
    assert "--policy" not in again.stderr
    fixed = run(sample, "doctor", "--fix", **where)
    assert fixed.exit_code == 0
    assert fixed.stdout.startswith("fixed ")
    assert re.search(r"\d+ of \d+ checks are fine\.$", fixed.stdout.strip())
    again = machine(run(sample, "doctor", "--fix", "--json", **where))
    assert again["fixed"] == []
    assert [one for one in again["findings"] if one["level"] in ("error", "warning")] == []


def test_the_doctor_ends_with_4_where_nobody_can_hear_the_show(sample: Path) -> None:
    where = {"PODWRIGHT_PUBLIC_URL": "http://127.0.0.1:9/"}
    assert run(sample, "publish", "--now", NOW, **where).exit_code == 0
    result = run(sample, "doctor", **where)
    assert result.exit_code == 4
    assert "error: public_url: http://127.0.0.1:9/: " in result.stdout
