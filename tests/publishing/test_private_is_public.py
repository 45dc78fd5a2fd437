"""A publish asks as a stranger for the first private object that it writes, and ends where it gets it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podwright.core.errors import PrivateIsPublicError
from podwright.core.http import observe_as_anybody
from podwright.core.model import Overrides
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores.ledger.lease import LEASE_KEY
from podwright.stores.sides import SidedStore
from podwright.workspace.author import write_workspace
from tests.support.published import NOW, Quiet
from tests.support.seaweed import REGION, Seaweed
from tests.support.webserver import Asked, Fault, Reply, right, running_webserver


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """A new workspace."""
    write_workspace(tmp_path / "show", title="A Show", guid="g1", now=NOW, public_url="https://podcast.example.org/")
    return tmp_path / "show"


def session(root: Path, overrides: Overrides) -> Session:
    """A session that asks as the command line does."""
    return Session(root=root, now=NOW, overrides=overrides, progress=Quiet(), ask_as_anybody=observe_as_anybody)


def in_bucket(server: Seaweed, bucket: str, *, private: str | None = None) -> Overrides:
    return Overrides(
        storage=f"s3://{bucket}",
        private_url=f"s3://{private}" if private else None,
        public_url="https://podcast.example.org/",
        endpoint_url=server.endpoint_url,
        region=REGION,
    )


def keys(session: Session) -> list[str]:
    return [found.key for found in session.store.observe_all("")]


def test_nothing_but_the_lease_is_written_to_a_bucket_that_is_public_as_a_whole(
    show: Path, seaweed: Seaweed, bucket: str
) -> None:
    seaweed.make_public(bucket, except_prefix="nothing/")
    one = session(show, in_bucket(seaweed, bucket))
    with pytest.raises(PrivateIsPublicError, match=rf"{LEASE_KEY}: anybody can read it.*\(private-is-public\)"):
        publish(one, accepted=())
    assert keys(one) == [LEASE_KEY]


def test_such_a_bucket_takes_what_is_public_where_the_private_side_lies_in_another(
    show: Path, seaweed: Seaweed, bucket: str, private_bucket: str
) -> None:
    seaweed.make_public(bucket, except_prefix="nothing/")
    one = session(show, in_bucket(seaweed, bucket, private=private_bucket))
    assert publish(one, accepted=()).live == 1
    assert isinstance(one.store, SidedStore)
    assert {found.key.partition("/")[0] for found in one.store.private.observe_all("")} == {"private"}
    assert not list(one.store.public.observe_all("private/"))


def test_the_place_of_the_private_side_is_asked_for_as_well(
    show: Path, seaweed: Seaweed, bucket: str, private_bucket: str
) -> None:
    seaweed.make_public(private_bucket, except_prefix="nothing/")
    one = session(show, in_bucket(seaweed, bucket, private=private_bucket))
    with pytest.raises(PrivateIsPublicError, match=private_bucket):
        publish(one, accepted=())
    assert keys(one) == [LEASE_KEY]


def test_a_bucket_that_becomes_public_later_is_noticed_before_anything_more_is_written(
    show: Path, seaweed: Seaweed, bucket: str
) -> None:
    one = session(show, in_bucket(seaweed, bucket))
    publish(one, accepted=())
    before = {found.key: found.etag for found in one.store.observe_all("") if found.key != LEASE_KEY}
    seaweed.make_public(bucket, except_prefix="nothing/")
    notes = show / "episodes" / "welcome" / "episode.md"
    notes.write_text(f"{notes.read_text()}\nMore notes.\n")
    with pytest.raises(PrivateIsPublicError):
        publish(replace(one), accepted=())
    assert {found.key: found.etag for found in one.store.observe_all("") if found.key != LEASE_KEY} == before


def _open(asked: Asked, reply: Reply) -> Reply:
    """Hide nothing."""
    return Reply(200, body=asked.stored) if asked.stored else reply


def _elsewhere(asked: Asked, reply: Reply) -> Reply:
    """Lead private objects to another address, which gives them."""
    if asked.key.startswith("private/") and not asked.query:
        return Reply(302, {"Location": f"/{asked.key}?there"})
    return _open(asked, reply)


def _page(asked: Asked, reply: Reply) -> Reply:
    """Answer everything with a page."""
    return Reply(200, {"Content-Type": "text/html"}, b"<h1>Sign in</h1>")


@pytest.mark.parametrize(("fault", "refused"), [(right, False), (_page, False), (_open, True), (_elsewhere, True)])
def test_a_folder_is_asked_for_at_the_public_address(show: Path, fault: Fault, refused: bool) -> None:
    with running_webserver(show / "public", fault) as url:
        one = session(show, Overrides(public_url=url))
        if refused:
            with pytest.raises(PrivateIsPublicError, match=r"127\.0\.0\.1"):
                publish(one, accepted=())
            assert keys(one) == [LEASE_KEY]
        else:
            assert publish(one, accepted=()).live == 1
