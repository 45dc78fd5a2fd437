"""What is said when a store in a bucket cannot be reached or refuses."""

from __future__ import annotations

import dataclasses
import os
import socket
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import Store, observe_capabilities, open_store
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import KEY, artifact, write
from tests.support.careless import Careless
from tests.support.recorder import Recorder, Step, running_recorder
from tests.support.seaweed import SECRET_KEY


def _fails(store: Store, message: str) -> None:
    """Every method fails with a message that says what to do, and no secret is in what anybody may print."""
    for call in (
        lambda: store.read(KEY),
        lambda: store.put(artifact()),
        lambda: write(store, b"{}", expected=None),
        lambda: list(store.observe_all("")),
    ):
        with pytest.raises(StoreError, match=message) as caught:
            call()
        told = "".join([*traceback.format_exception(caught.value), repr(caught.value), str(caught.value)])
        assert SECRET_KEY not in told
        assert "session-token" not in told
        assert "Signature=" not in told


def test_a_wrong_secret_is_told_and_not_shown(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"{SECRET_KEY}-wrong")
    _fails(open_store(storage), r"see that the key and its secret are right and may get, put, .*SignatureDoesNot")


def test_an_unknown_key_is_told(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    _fails(open_store(storage), r"see that the key and its secret are right .*\(InvalidAccessKeyId(: .*)?\)")


def test_no_credentials_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    _fails(at(), "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    _fails(at(), "AWS_PROFILE names no profile")


@pytest.mark.parametrize(
    ("scheme", "message"),
    [
        ("http", "the store cannot be reached; check endpoint_url and the network"),
        ("https", "the store's certificate is not trusted"),
    ],
)
def test_an_endpoint_that_does_not_answer_so_is_told(
    careless: Careless, monkeypatch: pytest.MonkeyPatch, scheme: str, message: str
) -> None:
    monkeypatch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 1)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = {"http": closed.getsockname()[1], "https": careless.url.rpartition(":")[2]}
        _fails(at(f"{scheme}://127.0.0.1:{ports[scheme]}"), message)


def test_an_endpoint_that_is_no_address_is_told() -> None:
    _fails(at("http://["), "endpoint_url is not a URL; write one like https://")


def test_a_bucket_that_is_not_there_is_told(storage: Storage) -> None:
    with pytest.raises(StoreError, match=r"there is no such bucket; make it, or correct storage\.url"):
        open_store(dataclasses.replace(storage, url="s3://never-made")).read(KEY)


PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Mara &amp; Jon: %s</title></head><body><p>The garden show</p></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(status: int, title: str = "Sign in", **headers: str) -> Step:
    return status, {**HTML, **headers}, PAGE.replace(b"%s", title.encode())


#: What answers at an endpoint that is no S3 store, and what is said of it; each asked to read and to write.
FOREIGN: dict[str, tuple[Step, str]] = {
    "a web site without the page": (
        page(404, "Not Found"),
        r"it answered 404 with a web page \(“Mara & Jon: Not Found”\)",
    ),
    "a web site with one page for all": (page(200, ETag='"5f-61"'), "it answered 200 with a web page"),
    "a web site without versions": ((200, HTML, b"<html></html>"), "it answered 200 (without an ETag|with a web page)"),
    "a server that says yes to everything": (200, "it answered 200 without an ETag"),
    "a login": (
        (302, {"Location": "https://login.example.org/?next=secret"}),
        r"it redirects to login\.example\.org \(302\)",
    ),
    "a login at the same place": ((303, {"Location": "/login"}), r"it redirects to another address \(303\)"),
    "a login that is a page": (page(401), r"it answered 401 with a web page \(“Mara & Jon: Sign in”\)"),
    "a firewall": (
        (403, {"Content-Type": "text/plain"}, b"error code: 1010\n"),
        r"it answered 403 with plain text \(“error code: 1010”\)",
    ),
    "another interface": (
        (404, {"Content-Type": "application/json"}, b'{"code": "not_found"}'),
        "it answered 404 with JSON",
    ),
    "a server for reading": (page(405, "Method Not Allowed"), "it answered 405 with a web page"),
    "a server for reading of Python": (page(501), "it answered 501 with a web page"),
    "plain HTTP to a port for HTTPS": (
        page(400, "The plain HTTP request was sent to HTTPS port"),
        r"it answered 400 with a web page \(.*The plain HTTP request was sent to HTTPS port”\)",
    ),
    "a page in XHTML": (
        (404, {"Content-Type": "application/xhtml+xml"}, b"<html><body/></html>"),
        "it answered 404 with a web page",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_an_endpoint_that_is_no_store_is_told_with_its_bucket_and_not_with_a_key(
    name: str, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, said = FOREIGN[name]
    recorder.script = [step]
    store = at(recorder.url)
    asked: list[Callable[[], object]] = [
        lambda: store.read(KEY),
        lambda: store.put(artifact()),
        lambda: write(store, b"{}", expected=None),
        lambda: list(store.observe_all("")),
        lambda: observe_capabilities(store),
        *([lambda: store.observe(KEY), lambda: store.delete([KEY])] if "redirects" in said else []),
    ]
    # An empty answer to a listing has no ETag to miss.
    for ask in asked if step != 200 else asked[:3]:
        with pytest.raises(StoreError, match=rf"^s3://bucket at {recorder.url}: this is no S3 store: {said}") as caught:
            ask()
        assert str(caught.value).endswith("; write the store's own S3 address into storage.endpoint_url")
        assert KEY not in str(caught.value)
        assert "secret" not in str(caught.value)


def test_an_object_that_is_not_there_is_absent_where_a_store_says_so_without_a_word(recorder: Recorder) -> None:
    recorder.script = [404]
    store = at(recorder.url)
    assert store.read(KEY) is None
    assert store.observe(KEY) is None


#: A refusal and what is told of it: the store's own sentence where it can be shown.
SAID = {
    "Access Denied.": r"\(AccessDenied: Access Denied\)$",
    "Denied\n   by its owner": r"\(AccessDenied: Denied by its owner\)$",
    "": r"\(AccessDenied\)$",
    "The key any is unknown": r"\(AccessDenied\)$",
    "Signature=0123": r"\(AccessDenied\)$",
    "no" * 200: r"\(AccessDenied\)$",
    "no word " * 200: r"\(AccessDenied\)$",
    "unseen\u200b": r"\(AccessDenied\)$",
}


@pytest.mark.parametrize("said", SAID)
def test_a_stores_own_sentence_is_told_where_it_is_one(said: str, recorder: Recorder) -> None:
    body = f"<Error><Code>AccessDenied</Code><Message>{said}</Message></Error>".encode()
    recorder.script = [(403, {"Content-Type": "application/xml"}, body)]
    with pytest.raises(StoreError, match=SAID[said]):
        at(recorder.url).read(KEY)


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "QuotaExceeded", "the store has no room left, or no more is allowed; make room, or raise its quota"),
        (507, "XMinioStorageFull", "the store has no room left"),
        (507, "", "the store has no room left"),
        (403, "InvalidObjectState", "it lies in an archive, where nobody can read it; restore it"),
        (400, "XAmzContentChecksumMismatch", "its bytes changed on their way to the store; publish again"),
        (403, "AccountProblem", "the store's operator has closed the account; ask them"),
    ],
)
def test_what_is_full_archived_or_changed_on_its_way_has_words_of_its_own(
    status: int, code: str, told: str, recorder: Recorder
) -> None:
    body = f"<Error><Code>{code}</Code></Error>".encode()
    recorder.script = [(status, {"Content-Type": "application/xml"}, body)]
    with pytest.raises(StoreError, match=f"^{KEY}: {told}.*"):
        at(recorder.url).put(artifact())


def test_a_body_that_a_server_before_the_store_finds_too_large_is_told_so(recorder: Recorder) -> None:
    recorder.script = [page(413)]
    with pytest.raises(StoreError, match=rf"^{KEY}: the store, or the web server before it, takes no such large body"):
        at(recorder.url).put(artifact())


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setattr("podwright.stores.s3.bucket.ATTEMPTS", 1)
    with running_recorder() as running:
        yield running
