"""In which of the two ways what is private is kept from the public, as `doctor`, `leaks` and `verify` see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from podwright.core.finding import Finding
from podwright.core.http import Client
from podwright.core.model import Overrides, Storage
from podwright.inspection.doctor import observe_health
from podwright.inspection.doctor.checks import observe_place
from podwright.inspection.doctor.types import Place
from podwright.inspection.leaks import Request, observe_leaks
from podwright.inspection.verify import Request as Verification
from podwright.inspection.verify import observe_published
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.stores import open_store
from podwright.stores.ledger.manifest import EMPTY
from podwright.workspace.author import write_workspace
from tests.support.published import NOW, Quiet
from tests.support.seaweed import REGION, Seaweed
from tests.support.webserver import Asked, Reply, running_webserver


def _whole(asked: Asked, reply: Reply) -> Reply:
    """Serve everything, as a server without a rule does."""
    return Reply(200, body=asked.stored) if asked.key.startswith("private/") and asked.stored else reply


@dataclass(frozen=True)
class Show:
    """A show in two folders, of which the public one is served as a whole."""

    root: Path
    url: str

    def session(self, *, private: str | None = "file:aside") -> Session:
        overrides = Overrides(storage="file:public", private_url=private, public_url=self.url)
        return Session(root=self.root, now=NOW, overrides=overrides, progress=Quiet())

    def sides(self, *, private: str | None = "file:aside") -> tuple[str, str]:
        [found] = [one for one in observe_health(self.session(private=private)) if one.code == "sides"]
        return found.level, found.message


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    write_workspace(tmp_path, title="A Show", guid="g1", now=NOW, public_url="https://podcast.example.org/")
    with running_webserver(tmp_path / "public", _whole) as url:
        yield Show(tmp_path, url)


def _bad(findings: tuple[Finding, ...]) -> list[str | None]:
    return [one.code for one in findings if one.level == "error"]


def test_two_places_are_well_however_much_of_the_public_one_is_served(show: Show) -> None:
    publish(show.session(), accepted=())
    assert _bad(observe_health(show.session())) == []
    assert show.sides() == ("ok", "has what is private in a place of its own (file:aside)")
    assert observe_leaks(Request(session=show.session())).leaks == ()


def test_a_private_side_in_the_public_place_is_an_error_until_it_moved(show: Show) -> None:
    publish(show.session(private=None), accepted=())
    assert "private" in _bad(observe_health(show.session(private=None)))
    moves = "has its private side in its public place still; run podwright publish, which moves it"
    assert show.sides() == ("error", moves)
    publish(show.session(), accepted=())
    assert show.sides()[0] == "ok"


def test_what_else_is_private_in_the_public_place_is_named(show: Show) -> None:
    publish(show.session(), accepted=())
    (show.root / "public/private/staged").mkdir(parents=True)
    (show.root / "public/private/staged/x.mp3").write_bytes(b"audio that is not due")
    message = "has what is private in its public place: private/staged/x.mp3; delete it there"
    assert show.sides() == ("error", message)
    found = observe_leaks(Request(session=show.session())).leaks
    assert [(one.where, one.code) for one in found] == [("private/staged/x.mp3", "readable")]


@pytest.mark.parametrize(
    ("endpoint", "level", "message"),
    [
        (
            "https://0123.r2.cloudflarestorage.com",
            "advice",
            "Cloudflare R2 has no policies for a part of a bucket; give the private side a bucket of its own",
        ),
        ("https://s3.us-west-004.backblazeb2.com", "advice", "Backblaze B2 has no policies for a part of a bucket; "),
        (None, "ok", "lets a policy refuse what is private"),
        ("https://fsn1.your-objectstorage.com", "ok", "lets a policy refuse what is private"),
    ],
)
def test_the_doctor_says_which_of_the_two_ways_a_store_needs(
    tmp_path: Path, endpoint: str | None, level: str, message: str
) -> None:
    folder = Storage(url="file:x", public_url="http://127.0.0.1:9/", folder=tmp_path)
    storage = Storage(url="s3://own", public_url="http://127.0.0.1:9/", endpoint_url=endpoint)
    with Client() as client:
        place = Place(storage=storage, store=open_store(folder), manifest=EMPTY, client=client)
        [found] = [one for one in observe_place(place) if one.code == "sides"]
    assert (found.level, found.message.startswith(message)) == (level, True)


def test_a_private_bucket_that_anybody_can_read_or_list_is_a_leak(
    tmp_path: Path, seaweed: Seaweed, bucket: str, private_bucket: str
) -> None:
    write_workspace(tmp_path, title="A Show", guid="g1", now=NOW, public_url="https://podcast.example.org/")
    overrides = Overrides(
        storage=f"s3://{bucket}",
        private_url=f"s3://{private_bucket}/pod",
        public_url=f"{seaweed.endpoint_url}/{bucket}/",
        endpoint_url=seaweed.endpoint_url,
        region=REGION,
    )
    session = Session(root=tmp_path, now=NOW, overrides=overrides, progress=Quiet())
    publish(session, accepted=())
    assert observe_leaks(Request(session=replace(session))).leaks == ()
    assert not [one for one in observe_health(replace(session)) if one.code == "private" and one.level != "ok"]
    seaweed.make_public(private_bucket, except_prefix="nothing/")
    found = observe_leaks(Request(session=replace(session))).leaks
    assert {one.code for one in found} == {"readable"}
    assert "private" in _bad(observe_health(replace(session)))
    verified = observe_published(Verification(session=replace(session)))
    assert "private" in {one.code for one in verified.findings if one.level == "error"}
