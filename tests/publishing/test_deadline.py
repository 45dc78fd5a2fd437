"""A publish whose time is over gives up before listeners notice, and the next one goes on where it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.deadline import Deadline
from podwright.core.errors import DeadlineError
from podwright.core.model import Overrides
from podwright.publishing.events import Event
from podwright.publishing.publish import publish
from tests.faults.proxy import Proxy, running_proxy
from tests.support.published import Place
from tests.support.seaweed import REGION, Seaweed

AUDIO = r"(episodes|private)/.*\.(mp3|m4a)$"


class Passing(Deadline):
    """A deadline that has passed as soon as something is so."""

    def __init__(self, passed: Callable[[], bool]) -> None:
        super().__init__()
        self.has_passed = passed  # type: ignore[method-assign]


def sent(proxy: Proxy) -> list[str]:
    return [one.key for one in proxy.asked if one.method == "PUT" and re.match(AUDIO, one.key)]


def test_what_was_uploaded_before_the_time_was_over_is_not_sent_again(
    sample: Path, seaweed: Seaweed, bucket: str
) -> None:
    wrote: list[str] = []

    def hear(event: Event) -> None:
        if event.name == "wrote":
            wrote.append(str(event.fields["key"]))

    with running_proxy(seaweed) as proxy:
        base = f"{seaweed.endpoint_url}/{bucket}/"
        overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=proxy.endpoint_url, region=REGION)
        place = Place(sample, overrides, base)
        with pytest.raises(DeadlineError, match="the deadline has passed; feeds and pages are as they were"):
            publish(replace(place.session(), hear=hear, deadline=Passing(lambda: len(wrote) >= 2)), accepted=())
        assert any(re.match(AUDIO, key) for key in wrote)
        assert not place.is_public("quick-take.xml")
        number = len(sent(proxy))
        place.publish()
        assert place.plan().plan.steps == ()
        assert not set(wrote) & set(sent(proxy)[number:])


def test_a_publish_whose_time_is_over_amidst_its_pages_says_so_and_the_next_one_goes_on(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")
    deadline = Passing(lambda: place.is_public("episodes/gardening-between-shifts/index.html"))
    with pytest.raises(
        DeadlineError, match="passed while feeds and pages were replaced; each is whole, the old one or"
    ):
        publish(replace(place.session(), deadline=deadline), accepted=())
    assert not place.is_public("quick-take.xml")
    place.publish()
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
