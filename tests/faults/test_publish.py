"""Whatever store and network do: a publish ends done and verified, or in an error with the feeds as they were."""

from __future__ import annotations

import contextlib
import itertools
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator

import feedparser
import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY
from podwright.inspection.verify import Request
from podwright.inspection.verify.repair import repair
from tests.faults.proxy import KINDS, Proxy, matching, randomly, running_proxy, untouched
from tests.support.published import Place, copy_show
from tests.support.seaweed import REGION, SECRET_KEY, Seaweed

FEEDS = ("quick-take.xml",)
MP3 = "episodes/gardening-between-shifts/gardening-between-shifts.mp3"
_edits = itertools.count(1)


@pytest.fixture(scope="module")
def stage(seaweed: Seaweed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Proxy]]:
    """The sample show, published through a proxy."""
    bucket = f"faults-{uuid.uuid4().hex}"
    root = tmp_path_factory.mktemp("faults") / "show"
    copy_show(root)
    with running_proxy(seaweed) as proxy, pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.environment.items():
            patch.setenv(name, value)
        patch.setattr("podwright.stores.s3.trial.RIVALS", 1)
        patch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 3)
        patch.setattr("podwright.stores.s3.bucket.SILENCE", 1.0)
        seaweed.create_bucket(bucket)
        seaweed.make_public(bucket)
        overrides = Overrides(
            storage=f"s3://{bucket}",
            public_url=f"{seaweed.endpoint_url}/{bucket}/",
            endpoint_url=proxy.endpoint_url,
            region=REGION,
        )
        place = Place(root, overrides, str(overrides.public_url))
        place.publish()
        yield place, proxy
        seaweed.delete_bucket(bucket)


@pytest.fixture
def place(stage: tuple[Place, Proxy]) -> Place:
    return stage[0]


@pytest.fixture
def proxy(stage: tuple[Place, Proxy]) -> Iterator[Proxy]:
    running = stage[1]
    running.script, running.injected = untouched, Counter()
    yield running
    running.script = untouched


def edit(place: Place) -> str:
    """Change a title, so that audio, pages and feeds change; returns it."""
    title = f"Gardening, take {next(_edits)}"
    path = place.root / "episodes/gardening-between-shifts/episode.md"
    lines = [f"title: {title}" if line.startswith("title:") else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    return title


def feeds(place: Place) -> list[bytes]:
    return [place.get(place.base + name) for name in FEEDS]


def check_listener(place: Place) -> None:
    """Every enclosure of every feed is there, as long as the feed says or as it was before this publish."""
    for data in feeds(place):
        parsed = feedparser.parse(data)
        assert not parsed.bozo
        assert len(parsed.entries) >= 3
        for entry in parsed.entries:
            request = urllib.request.Request(entry.enclosures[0].href, method="HEAD")
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200


def check_done(place: Place, title: str) -> None:
    """The store is what the workspace says, by its own word and a listener's."""
    assert title.encode() in feeds(place)[0]
    assert place.plan().plan.steps == ()
    check_listener(place)


#: What passes after a while: botocore asks again, waits longer each time, and the publish goes on.
PASSING = ("error-500", "error-503", "slow-down", "lost-answer", "reset-sent", "stall")


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("keys", [MP3, MANIFEST_KEY], ids=["audio", "manifest"])
def test_a_fault_that_passes_costs_time_alone(place: Place, proxy: Proxy, kind: str, keys: str) -> None:
    title = edit(place)
    proxy.script = matching(kind, methods=("PUT",), keys=keys, times=2 if kind == "slow-down" else 1)
    place.publish()
    assert proxy.injected[kind] >= 1
    proxy.script = untouched
    check_done(place, title)


#: What stays, with the keys that it meets, and what is told.
STAYING = [
    ("error-500", "episodes/", "the store answered 500 InternalError: injected; publish again"),
    ("slow-down", "episodes/", "the store answered 503 SlowDown: injected; publish again"),
    ("stall", MP3, "the store did not answer in time; publish again"),
    ("reset-sent", "episodes/", "the connection broke; publish again|cannot be reached"),
    ("skewed", "", "this machine's clock is wrong; set the clock"),
    ("expired", "", "the credentials have expired; sign in again"),
    ("forbidden", "episodes/", "see that the key and its secret are right and may get, put"),
    ("full", "", "the store has no room left, or no more is allowed; make room"),
    ("corrupt-sent", MP3, "its bytes changed on their way to the store; publish again"),
]


@pytest.mark.parametrize(("kind", "keys", "message"), STAYING, ids=[f"{row[0]} {row[1]}" for row in STAYING])
def test_a_fault_that_stays_ends_in_a_clear_error_with_the_feeds_as_they_were(
    place: Place, proxy: Proxy, kind: str, keys: str, message: str
) -> None:
    before, title = feeds(place), edit(place)
    proxy.script = matching(kind, methods=("PUT",), keys=keys, times=None)
    with pytest.raises(StoreError, match=message) as caught:
        place.publish()
    assert SECRET_KEY not in str(caught.value)
    assert proxy.injected[kind] >= 1
    assert feeds(place) == before
    check_listener(place)
    proxy.script = untouched
    place.publish()
    check_done(place, title)


@pytest.mark.parametrize("kind", ["corrupt", "cut", "reset-answer"])
def test_a_manifest_that_does_not_arrive_as_it_was_written_is_not_believed(
    place: Place, proxy: Proxy, kind: str
) -> None:
    before, title, number = feeds(place), edit(place), len(proxy.asked)
    proxy.script = matching(kind, methods=("GET",), keys=MANIFEST_KEY, times=None)
    with pytest.raises(StoreError):
        place.publish()
    assert feeds(place) == before
    assert {one.method for one in proxy.asked[number:]} == {"GET"}
    proxy.script = untouched
    place.publish()
    check_done(place, title)


@pytest.mark.parametrize("kind", ["portal", "fragment", "nothing", "garbled"])
def test_a_repair_takes_no_foreign_listing_for_an_empty_bucket(place: Place, proxy: Proxy, kind: str) -> None:
    number = len(proxy.asked)
    # A listing has no key.
    proxy.script = matching(kind, methods=("GET",), keys="$", times=None)
    with pytest.raises(StoreError, match=r"this is no S3 store: it answered 200|was cut short, or changed on its way"):
        repair(Request(session=place.session(), deep=False, feeds=(), concurrency=4), accepted=())
    assert proxy.injected[kind]
    assert not [one for one in proxy.asked[number:] if one.method == "PUT" and not one.key.endswith("lease.json")]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_version_that_is_not_the_right_one_loses_no_update(place: Place, proxy: Proxy, method: str) -> None:
    generation, title = place.plan().manifest.generation, edit(place)
    proxy.script = matching("wrong-etag", methods=(method,), keys=MANIFEST_KEY)
    place.publish()
    assert proxy.injected == {"wrong-etag": 1}
    proxy.script = untouched
    check_done(place, title)
    assert place.plan().manifest.generation > generation


@pytest.mark.parametrize("seed", range(3))
def test_faults_of_all_kinds_at_random_end_well_or_change_nothing(place: Place, proxy: Proxy, seed: int) -> None:
    """What the store answers is not always true, so that a publish may fail; what a listener gets is always whole."""
    kinds = sorted(KINDS.keys() - {"stall", "ignored-condition", "skewed", "expired", "forbidden", "full"})
    title = edit(place)
    proxy.script = randomly(seed, rate=0.25, kinds=kinds)
    with contextlib.suppress(StoreError):
        place.publish()
    assert sum(proxy.injected.values()) >= 2
    check_listener(place)
    proxy.script = untouched
    place.publish()
    check_done(place, title)
