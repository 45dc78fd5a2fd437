"""What changed is told to hubs, podping, a webhook and caches, in the order in which that is of use."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import UNSET, UnsetType
from standardwebhooks.webhooks import Webhook

from podwright.core.model import Feed, Overrides, Show
from podwright.core.recipients import PODCAST_INDEX, After, EnvText, Podping, Purge
from podwright.core.tags import LiveItem, LiveStatus
from podwright.operations.notify import Delivery, Sending, deliver_all
from podwright.operations.notify.after import STAGES, kinds, stages
from podwright.publishing.pending_notices import ChangedFeed, News
from podwright.stores.ledger.generations import FeedChange, ItemChange, LiveChange
from podwright.workspace.author import write_workspace
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace
from tests.support.paths import ROOT
from tests.support.recorder import Recorder, running_recorder
from tests.support.slow import Clock, pace
from tests.support.webserver import Asked, Fault, Reply, running_webserver

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
MANUAL = (ROOT / "docs" / "unattended.md").read_text()
KEY = base64.b64encode(bytes(range(32))).decode()
TOKEN = "secret-of-nobody"
ENVIRONMENT = {"TOKEN": TOKEN, "KEY": KEY}
BODY = b"<rss/>"
CHANGE = FeedChange(
    kind="changed",
    name="garden",
    channel=True,
    items=(ItemChange(kind="changed", guid="g-1", title="“One”", parts=("title",)),),
)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    root = tmp_path_factory.mktemp("news") / "show"
    write_workspace(root, title="Garden", guid="g-1", now=AT, public_url="https://cdn.example.org/")
    show: Show = load_show(scan_workspace(root), Overrides())
    return show.feeds[0]


def news(feed: Feed, *, base: str = "https://cdn.example.org/", change: FeedChange | None = CHANGE) -> News:
    one = ChangedFeed(
        feed=feed,
        url=f"{base}garden.xml",
        guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
        size=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        change=change,
    )
    urls = (one.url, f"{base}index.html", base)
    return News(show="Garden", public_url=base, generation=7, feeds=(one,), urls=urls)


def told(found: News, after: After, clock: Clock | None = None, at: datetime = AT) -> list[Delivery]:
    sending = Sending(after=after, environment=ENVIRONMENT, at=at)
    deliveries = [one for notices, own in stages(found, sending, pace(clock)) for one in deliver_all(notices, own)]
    assert TOKEN not in repr(deliveries)
    assert KEY not in repr(deliveries)
    return deliveries


def podping(url: str) -> After:
    return After(podping=Podping(url=url, token=EnvText("$TOKEN")))


# Hubs and podping


def test_the_hub_of_a_feed_is_told_its_address(recorder: Recorder, feed: Feed) -> None:
    recorder.script = [500, 500, 204]
    (delivery,) = told(news(replace(feed, hub=f"{recorder.url}/hub")), After())
    assert (delivery.kind, delivery.reason, delivery.attempts) == ("websub", None, 3)
    sent = recorder.sent[-1]
    assert (sent.method, sent.path) == ("POST", "/hub")
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert sent.form == {"hub.mode": ["publish"], "hub.url": ["https://cdn.example.org/garden.xml"]}


def test_podping_hears_of_feeds_that_use_it(recorder: Recorder, feed: Feed) -> None:
    pinged = replace(feed, tags=replace(feed.tags, podping=True, medium="music"))
    (delivery,) = told(news(pinged), podping(f"{recorder.url}/"))
    assert (delivery.kind, delivery.reason) == ("podping", None)
    (sent,) = recorder.sent
    assert sent.method == "GET"
    assert sent.headers["authorization"] == TOKEN
    assert sent.query == {"url": ["https://cdn.example.org/garden.xml"], "reason": ["update"], "medium": ["music"]}


@pytest.mark.parametrize(
    ("live", "reason"), [(UNSET, ["update"]), ("begun", ["live"]), ("ended", ["liveEnd"])], ids=str
)
def test_podping_hears_that_a_live_item_begins_and_ends(
    recorder: Recorder, feed: Feed, live: LiveChange | UnsetType, reason: list[str]
) -> None:
    pinged = replace(feed, tags=replace(feed.tags, podping=True))
    told(news(pinged, change=replace(CHANGE, live=live)), podping(recorder.url))
    assert [sent.query["reason"] for sent in recorder.sent] == [reason]


@pytest.mark.parametrize(("status", "reason"), [("pending", ["update"]), ("live", ["live"])])
def test_where_a_run_was_stopped_what_is_live_is_told_again(
    recorder: Recorder, feed: Feed, status: LiveStatus, reason: list[str]
) -> None:
    live = LiveItem(guid="l", title="Live", status=status, start=AT)
    pinged = replace(feed, tags=replace(feed.tags, podping=True, live=(live,)))
    told(news(pinged, change=None), podping(recorder.url))
    assert [sent.query["reason"] for sent in recorder.sent] == [reason]


def test_podping_hears_nothing_of_feeds_that_do_not(recorder: Recorder, feed: Feed) -> None:
    assert told(news(feed), podping(recorder.url)) == []
    assert recorder.sent == []


@pytest.mark.parametrize("status", [200, pytest.param(400, id="a feed that it does not know")])
def test_podcast_index_hears_of_feeds_that_directories_may_list(recorder: Recorder, feed: Feed, status: int) -> None:
    recorder.script = [status]
    after = After(podcast_index=f"{recorder.url}/hub/pubnotify")
    (delivery,) = told(news(feed), after)
    assert (delivery.kind, delivery.reason, delivery.attempts) == ("podcast-index", None, 1)
    assert told(news(replace(feed, block=True)), after) == []
    (sent,) = recorder.sent
    assert (sent.method, sent.path) == ("GET", "/hub/pubnotify")
    assert sent.query == {"url": ["https://cdn.example.org/garden.xml"]}


@pytest.mark.parametrize(
    ("said", "public_url", "notified"),
    [
        ("", "https://podcast.gartenfunk.de/", True),
        ("", "https://examples.org/a/", True),
        ("", "http://podcast.gartenfunk.de/", False),
        ("", "https://cdn.example.org/", False),
        ("", "https://example.com/", False),
        ("", "https://nas.local/", False),
        ("", "https://nas/", False),
        ("", "https://192.168.1.2:8443/", False),
        ("", "https://[2001:db8::1]/", False),
        ("podcast_index = false", "https://podcast.gartenfunk.de/", False),
        ("podcast_index = true", "https://podcast.gartenfunk.internal/", True),
    ],
)
def test_podcast_index_is_told_where_everybody_reaches_the_podcast(
    tmp_path: Path, said: str, public_url: str, *, notified: bool
) -> None:
    write_workspace(tmp_path / "show", title="Garden", guid="g-1", now=AT, public_url=public_url)
    with (tmp_path / "show" / "podwright.toml").open("a") as file:
        file.write(f"\n[after]\n{said}\n")
    show = load_show(scan_workspace(tmp_path / "show"), Overrides())
    assert show.after.podcast_index == (PODCAST_INDEX if notified else None)


def test_without_anybody_to_tell_nothing_is_sent(feed: Feed) -> None:
    assert told(news(feed), After()) == []


# The webhook


def test_the_webhook_hears_what_listeners_notice_as_the_manual_shows_it(recorder: Recorder, feed: Feed) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", MANUAL, re.DOTALL)[1])
    after = After(webhook=EnvText(f"{recorder.url}/hook"), webhook_secret=EnvText("$KEY"))
    now = datetime.now(UTC)
    (delivery,) = told(news(feed), after, at=now)
    assert (delivery.kind, delivery.subject, delivery.reason) == ("webhook", "podcast.published", None)
    document = Webhook(KEY).verify(recorder.sent[0].body, dict(recorder.sent[0].headers))
    assert document == shown | {"timestamp": now.isoformat(timespec="seconds")}


def test_what_is_told_twice_has_the_same_identifier_and_what_is_new_another(recorder: Recorder, feed: Feed) -> None:
    after = After(webhook=EnvText(recorder.url))
    told(news(feed), after)
    told(news(feed, change=None), after)
    told(replace(news(feed), generation=8), after)
    first, second, third = (one.headers["webhook-id"] for one in recorder.sent)
    assert first == second != third
    assert json.loads(recorder.sent[1].body)["data"]["feeds"][0]["items"] == []


# Caches

FASTLY = Purge(method="PURGE", address=EnvText("{url}"), headers=(("Fastly-Key", EnvText("$TOKEN")),))


def test_a_purge_goes_to_each_address_itself_and_goes_on_where_it_stopped(feed: Feed) -> None:
    with running_recorder() as cache:
        cache.script = [200, 503, 200]
        (delivery,) = told(news(feed, base=f"{cache.url}/pod/"), After(purges=(FASTLY,)))
    assert (delivery.kind, delivery.address, delivery.subject) == ("purge", "{url}", "3 addresses")
    assert (delivery.reason, delivery.attempts) == (None, 2)
    assert [(one.method, one.target) for one in cache.sent] == [
        ("PURGE", "/pod/garden.xml"),
        ("PURGE", "/pod/index.html"),
        ("PURGE", "/pod/index.html"),
        ("PURGE", "/pod/"),
    ]
    assert {one.headers["fastly-key"] for one in cache.sent} == {TOKEN}


def test_a_purge_may_be_a_value_of_an_interface(recorder: Recorder, feed: Feed) -> None:
    bunny = Purge(
        method="POST", address=EnvText(f"{recorder.url}/purge?url={{url}}"), headers=(("AccessKey", EnvText("$TOKEN")),)
    )
    assert told(news(feed), After(purges=(bunny,)))[0].ok
    assert [one.query["url"] for one in recorder.sent] == [[url] for url in news(feed).urls]


def test_a_purge_may_list_addresses_thirty_at_once(recorder: Recorder, feed: Feed) -> None:
    cloudflare = Purge(
        method="POST",
        address=EnvText(recorder.url),
        headers=(("Authorization", EnvText("Bearer $TOKEN")),),
        files="files",
    )
    urls = tuple(f"https://cdn.example.org/{number}.xml" for number in range(65))
    assert told(replace(news(feed), urls=urls), After(purges=(cloudflare,)))[0].ok
    lists = [json.loads(one.body)["files"] for one in recorder.sent]
    assert [len(one) for one in lists] == [30, 30, 5]
    assert tuple(url for one in lists for url in one) == urls
    assert {one.headers["authorization"] for one in recorder.sent} == {f"Bearer {TOKEN}"}


# What is served


@pytest.fixture
def served(tmp_path: Path) -> Path:
    (tmp_path / "garden.xml").write_bytes(BODY)
    return tmp_path


def stale_for(times: int, asked: list[Asked]) -> Fault:
    """A cache that serves the old feed so many times."""

    def fault(one: Asked, reply: Reply) -> Reply:
        asked.append(one)
        if len(asked) > times:
            return reply
        if one.headers.get("if-none-match") == '"old"':
            return Reply(304)
        return Reply(200, {"ETag": '"old"'}, b"old")

    return fault


def test_the_public_address_is_asked_until_it_serves_the_new_feed(served: Path, feed: Feed) -> None:
    asked: list[Asked] = []
    clock = Clock()
    with running_webserver(served, stale_for(4, asked)) as base:
        (delivery,) = told(news(feed, base=base), After(verify=True), clock)
    assert (delivery.kind, delivery.reason, delivery.attempts) == ("served", None, 5)
    assert clock.waits == [0.75, 1.5, 3, 6]
    # What is known to be old is not sent again.
    assert [one.headers.get("if-none-match") for one in asked] == [None, '"old"', '"old"', '"old"', '"old"']


def test_a_cache_that_never_forgets_is_a_warning_after_a_bounded_time(served: Path, feed: Feed) -> None:
    clock = Clock()
    with running_webserver(served, stale_for(1000, [])) as base:
        (delivery,) = told(news(feed, base=base), After(verify=True), clock)
    assert delivery.reason == "serves another feed than was published; purge the cache before it"
    assert delivery.attempts > 5
    assert clock.now <= 90


@pytest.mark.parametrize(("status", "reason"), [(404, "answers 404, not 200"), (301, "answers 301, not 200")])
def test_a_feed_that_is_not_there_is_told(served: Path, feed: Feed, status: int, reason: str) -> None:
    with running_webserver(served, lambda *_: Reply(status)) as base:
        (delivery,) = told(news(feed, base=base), After(verify=True))
    assert delivery.reason
    assert delivery.reason.startswith(reason)


def test_caches_forget_before_the_feed_is_asked_for_and_hubs_hear_last(served: Path, feed: Feed) -> None:
    """A hub that came at once would find the old feed."""
    with running_recorder() as others, running_webserver(served) as base:
        purge = Purge(method="POST", address=EnvText(f"{others.url}/purge"), files="files")
        after = After(purges=(purge,), verify=True, webhook=EnvText(f"{others.url}/hook"))
        found = told(news(replace(feed, hub=f"{others.url}/hub"), base=base), after)
    assert [one.kind for one in found[:2]] == ["purge", "served"]
    assert {one.kind for one in found[2:]} == {"websub", "webhook"}
    assert others.sent[0].path == "/purge"


def test_what_fails_in_one_stage_keeps_nobody_from_hearing_in_the_next(recorder: Recorder, feed: Feed) -> None:
    recorder.script = [500]
    purge = Purge(method="POST", address=EnvText(recorder.url), files="files")
    with running_recorder() as hub:
        found = told(news(replace(feed, hub=hub.url)), After(purges=(purge,)))
    assert [(one.kind, one.ok) for one in found] == [("purge", False), ("websub", True)]


def test_every_kind_stands_in_one_stage() -> None:
    assert len(kinds()) == 7
    assert {kind.STAGE for kind in kinds()} == set(STAGES)
