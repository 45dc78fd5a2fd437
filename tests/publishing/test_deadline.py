"""A publish whose time is over gives up before listeners notice, and the next one goes on where it was."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import DeadlineError
from podwright.core.model import Overrides
from podwright.publishing.publish import publish
from tests.faults.proxy import Proxy, running_proxy
from tests.support.published import Place
from tests.support.seaweed import REGION, Seaweed

AUDIO = r"(episodes|private)/.*\.(mp3|m4a)$"


def late_after(times: int) -> object:
    count = itertools.count(1)
    return lambda: next(count) > times


def sent(proxy: Proxy) -> list[str]:
    return [one.key for one in proxy.asked if one.method == "PUT" and re.match(AUDIO, one.key)]


def test_what_was_uploaded_before_the_time_was_over_is_not_sent_again(
    sample: Path, seaweed: Seaweed, bucket: str
) -> None:
    with running_proxy(seaweed) as proxy:
        base = f"{seaweed.endpoint_url}/{bucket}/"
        overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=proxy.endpoint_url, region=REGION)
        place = Place(sample, overrides, base)
        with pytest.raises(DeadlineError, match="the deadline has passed; feeds and pages are as they were"):
            publish(replace(place.session(), late=late_after(6)), accepted=())
        before = sent(proxy)
        assert 3 <= len(before) <= 7
        assert not place.is_public("quick-take.xml")
        place.publish()
        assert place.plan().plan.steps == ()
        assert len(sent(proxy)) == len(set(sent(proxy)))
        assert set(before) < set(sent(proxy))


def test_once_listeners_may_have_noticed_it_is_ended(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    asked = itertools.count(1)
    publish(replace(place.session(), late=lambda: bool(next(asked)) and place.is_public("quick-take.xml")), accepted=())
    assert next(asked) > 10
    assert place.plan().plan.steps == ()


@pytest.mark.parametrize("text", ["1", "2 h", "-1s", "1d", "s"])
def test_a_span_that_is_none_is_told(sample: Path, text: str) -> None:
    result = CliRunner().invoke(main, ["-C", str(sample), "publish", "--deadline", text])
    assert result.exit_code == 2
    assert "is not a duration; write 90s, 30m or 2h" in result.stderr


def test_a_publish_from_the_command_line_ends_in_time(sample: Path) -> None:
    over = CliRunner().invoke(main, ["-C", str(sample), "publish", "--deadline", "0s"])
    assert over.exit_code == 4
    assert "the deadline has passed" in over.stderr
    assert CliRunner().invoke(main, ["-C", str(sample), "rebuild", "--deadline", "1h"]).exit_code == 0
