"""What is said when a store in a bucket cannot be reached or refuses."""

from __future__ import annotations

import dataclasses
import os
import socket
import traceback
from pathlib import Path

import pytest

from podwright.core.errors import StoreError
from podwright.core.model import Storage
from podwright.stores import Store, open_store
from tests.stores.s3.conftest import at
from tests.stores.test_conformance import KEY, artifact, write
from tests.support.careless import Careless
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
    _fails(open_store(storage), r"see that the key and its secret are right .*\(InvalidAccessKeyId\)")


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
