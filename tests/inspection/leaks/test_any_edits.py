"""After whatever was edited, killed, rolled back and pruned, a publish leaves nothing public of what is not for all."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from podwright.core.errors import StoreError
from podwright.core.model import Overrides
from podwright.publishing.prune import prune
from podwright.publishing.publish import publish
from podwright.publishing.rollback import observe_log, rollback
from podwright.render.feeds import parse_feed
from tests.inspection.leaks.test_any_tiers import ANYTHING, MORE, PHASES, SLOW, check, workspace
from tests.publishing.test_publish_interrupted import Interrupted
from tests.support.published import Place
from tests.support.tiers import TIERS, Mixed, gated_marks, marks_in, mixed_workspaces, moves, public_files, write_mixed
from tests.support.webserver import running_server
from tests.support.workspaces import Table

#: What becomes of a feed, whichever it is.
_FEEDS = st.fixed_dictionaries(
    {},
    optional={
        "access": st.lists(st.sampled_from(TIERS), min_size=1, max_size=3, unique=True) | st.just(["free"]),
        "sections": st.sampled_from([[], ["Cardiology"]]),
        "limit": st.integers(1, 2),
        "teaser": st.booleans(),
    },
)
_EPISODES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={"trailer": st.booleans(), "renamed": st.booleans(), "absent": st.booleans(), "draft": st.booleans()},
    ),
    min_size=5,
    max_size=5,
)
_EDITS = st.one_of(
    st.tuples(st.just("move"), moves),
    st.tuples(st.just("change"), _EPISODES),
    st.tuples(st.just("feed"), st.tuples(st.integers(0, 3), _FEEDS)),
    st.tuples(st.just("rename"), st.tuples(st.integers(0, 3), st.booleans())),
    st.tuples(st.just("remove"), st.integers(0, 3)),
)
_RUNS = st.one_of(
    st.tuples(st.just("publish"), st.none()),
    st.tuples(st.just("rollback"), st.none()),
    st.tuples(st.just("prune"), st.none()),
    st.tuples(
        st.sampled_from(["publish", "publish", "rollback", "prune"]), st.tuples(st.integers(1, 60), st.booleans())
    ),
)
#: What is done with the store, and at which write that is killed.
Run = tuple[str, tuple[int, bool] | None]
steps = st.lists(st.tuples(_EDITS, _RUNS), min_size=2, max_size=5)


def edited(mixed: Mixed, kind: str, said: object, *, count: int) -> Mixed:
    """A workspace after an edit. count: how many there were before, for new names."""
    feeds = dict(mixed.feeds)
    match kind, said:
        case "move" | "change", list():
            return mixed.moved(said)
        case "feed", (int(at), dict(change)):
            name = sorted(feeds)[at % len(feeds)]
            feeds[name] = {**feeds[name], **change}
        case "rename", (int(at), bool(goes_on)):
            name = sorted(feeds)[at % len(feeds)]
            feed = feeds.pop(name)
            former = [name] if goes_on else []
            feeds[f"feed-{count + 10}"] = {**feed, "former": [*feed.get("former", []), *former]}
        case "remove", int(at) if len(feeds) > 1:
            feeds.pop(sorted(feeds)[at % len(feeds)])
        case _:
            pass
    return replace(mixed, feeds=feeds)


def run(place: Place, action: str, killed: tuple[int, bool] | None) -> None:
    """Do what somebody does with a store. killed: at which write, and whether after it."""
    assert place.folder
    session = place.session(datetime.now(UTC) + timedelta(days=40)) if action == "prune" else place.session()
    if killed:
        stopped = Interrupted(place.folder, at=killed[0], late=killed[1])
        session = replace(session, open_store=lambda _: stopped)
    match action:
        case "publish" if killed is None:
            publish(session, accepted=ANYTHING)
        case "publish":
            with contextlib.suppress(StoreError):
                publish(session, accepted=ANYTHING)
        case "rollback":
            with contextlib.suppress(StoreError):
                for generation in observe_log(place.session()).kept[:1]:
                    rollback(session, generation, accepted=ANYTHING)
        case "prune":
            with contextlib.suppress(StoreError):
                prune(session, grace=timedelta(days=30), accepted=["feed-lost"])


def lost_enclosures(place: Place) -> Iterator[tuple[str, str]]:
    """What documents of feeds name, public ones and members', and nobody gets."""
    assert place.folder
    for path in place.folder.rglob("*.xml"):
        data = path.read_bytes()
        if b"<rss" not in data:
            continue
        for item in parse_feed(data).items:
            for named in item.names:
                key = unquote(named.url.rpartition(place.base)[2])
                if named.role == "enclosure" and place.base in named.url and not (place.folder / key).is_file():
                    yield path.name, key


def gated_words(place: Place) -> dict[str, frozenset[str]]:
    """What anybody can read of what is not for everybody, by the key of each object."""
    assert place.folder
    gated = gated_marks(place.root)
    found = {key: marks_in(key.encode() + data) & gated for key, data in public_files(place.folder)}
    return {key: marks for key, marks in found.items() if marks}


_SHOW = {
    "title": "Rounds", "description": "d", "link": "https://example.org/", "language": "en", "author": "a",
    "categories": ["Arts"],
}  # fmt: skip
_OUT: Table = {"published": "2026-01-05"}
_BACK: Table = {"published": "2026-01-05", "withdraw": "2026-06-01"}


def teased(access: str, **place: object) -> Mixed:
    """A public feed that tells of members' episodes, an episode in every feed, and one with a trailer."""
    feeds = {"feed-0": {"access": list(TIERS)}, "feed-1": {"access": ["free"], "teaser": True}}
    first = {"access": "free", "life": _OUT, "season": "", "section": None, "trailer": False}
    fronts = [{"title": f"Number {number}", "guid": f"number-{number}-of-rounds"} for number in range(2)]
    return Mixed(_SHOW, feeds, ((fronts[0], first), (fronts[1], {**first, "access": access, **place})))


def second(**change: object) -> tuple[str, list[Table]]:
    """An edit of the second episode."""
    return "change", [{}, change]


_PUBLISH: Run = ("publish", None)


@settings(max_examples=8 * MORE, phases=PHASES, suppress_health_check=SLOW, deadline=None)
@example(
    teased("gold", trailer=True), [(second(access="free"), _PUBLISH), (second(access="gold", trailer=False), _PUBLISH)]
)
@example(teased("gold", trailer=True), [(second(access="free"), _PUBLISH), (second(life=_BACK), _PUBLISH)])
@example(
    teased("gold", trailer=True),
    [
        (second(access="free"), _PUBLISH),
        (second(renamed=True), _PUBLISH),
        (second(access="gold", trailer=False), _PUBLISH),
    ],
)
@example(
    teased("free", absent=True),
    [(second(absent=False), ("publish", (18, True))), (second(access="gold", renamed=True), _PUBLISH)],
)
@given(mixed_workspaces(), steps)
def test_whatever_was_edited_and_interrupted_nothing_gated_stays_public_and_nothing_served_is_missed(
    mixed: Mixed, edits: list[tuple[tuple[str, Table], Run]]
) -> None:
    with workspace(mixed) as root:
        (root / "public").mkdir()
        with running_server(root / "public") as server:
            place = Place(root, Overrides(public_url=server.url), server.url, root / "public")
            place.publish()
            for count, ((kind, said), (action, how)) in enumerate((*edits, (("", {}), _PUBLISH))):
                mixed = edited(mixed, kind, said, count=count)
                note(f"{kind} {said}; {action} {how}")
                for name in ("feeds", "episodes"):
                    shutil.rmtree(root / name)
                write_mixed(root, mixed)
                run(place, action, how)
                if (action, how) == _PUBLISH:
                    assert gated_words(place) == {}
                    assert list(lost_enclosures(place)) == []
            check(place)
            settled = place.publish()
            assert settled.plan is None or not settled.plan.writes
