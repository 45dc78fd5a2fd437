"""What tests share: the sample show in a folder of its own, and a real S3 server."""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from podwright.core.model import Overrides
from podwright.media.pictures import load_cover, load_derived, load_image_warnings
from tests.support.loopback import getaddrinfo
from tests.support.paths import ROOT
from tests.support.published import Place, copy_show
from tests.support.seaweed import REGION, Seaweed, shared_seaweed

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: a fifth of the time goes by waiting for disks and programs."""
    return (os.cpu_count() or 1) + 1


#: Pictures that many tests publish: of the sample show, of a new workspace, and of the show that has everything.
_OWN = (
    *("artwork/*", "episodes/**/artwork.*", "pipeline/podwright/workspace/starter/*.png"),
    *("tests/data/everything/artwork/*", "tests/data/everything/episodes/**/artwork.*"),
)


def _digest(path: Path) -> str:
    """Return the digest of a file; "" where there is none, which who reads it says."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@pytest.fixture(scope="session", autouse=True)
def _sample_pictures_derived_once() -> Iterator[None]:
    """Read and derive the pictures of shows that many tests publish once in all: a third of each publish, or more."""
    derived: dict[tuple[str, int], bytes] = {}
    covers: dict[str, bytes] = {}
    warnings: dict[str, tuple[str, ...]] = {}
    own = {_digest(path) for pattern in _OWN for path in ROOT.glob(pattern) if path.is_file()}

    def derive(path: Path, widths: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        source, wanted = _digest(path), list(widths)
        if source not in own:
            yield from load_derived(path, wanted)
            return
        if lacking := [width for width in wanted if (source, width) not in derived]:
            derived.update({(source, width): data for width, data in load_derived(path, lacking)})
        yield from ((width, derived[source, width]) for width in wanted)

    def cover(path: Path) -> bytes:
        source = _digest(path)
        if source not in own:
            return load_cover(path)
        if source not in covers:
            covers[source] = load_cover(path)
        return covers[source]

    def warn(path: Path) -> tuple[str, ...]:
        source = _digest(path)
        if source not in own:
            return load_image_warnings(path)
        if source not in warnings:
            warnings[source] = load_image_warnings(path)
        return warnings[source]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("podwright.workspace.reader.load_image_warnings", warn)
        patch.setattr("podwright.building.pictures.load_derived", derive)
        patch.setattr("podwright.building.pictures.load_cover", cover)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_other_host() -> Iterator[None]:
    """Ask no other machine for anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of this repository's own show."""
    root = tmp_path / "show"
    copy_show(root)
    return root


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """A SeaweedFS of this test run, shared by the workers of pytest-xdist, whose folders lie side by side."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with shared_seaweed(folder / "seaweed") as server:
        yield server


@pytest.fixture
def credentials(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment holds what the server asks for, and nothing of its owner's."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in seaweed.environment.items():
        monkeypatch.setenv(name, value)
    # A race for one object takes SeaweedFS a second, and each first publish to a bucket holds two.
    monkeypatch.setattr("podwright.stores.s3.trial.RIVALS", 1)


@pytest.fixture
def bucket(seaweed: Seaweed, credentials: None) -> Iterator[str]:
    """A fresh bucket, public but for `private/`, with the credentials for it in the environment."""
    name = f"b-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    seaweed.make_public(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture
def private_bucket(seaweed: Seaweed, credentials: None) -> Iterator[str]:
    """A fresh bucket that nobody else reads."""
    name = f"p-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    yield name
    seaweed.delete_bucket(name)


@pytest.fixture(params=["local", "seaweed"])
def place(request: pytest.FixtureRequest, sample: Path) -> Place:
    """The sample show with a folder and with a bucket to publish to."""
    if request.param == "local":
        base = "https://podcast.example.org/"
        return Place(sample, Overrides(public_url=base), base, folder=sample / "public")
    bucket: str = request.getfixturevalue("bucket")
    server: Seaweed = request.getfixturevalue("seaweed")
    base = f"{server.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=server.endpoint_url, region=REGION)
    return Place(sample, overrides, base)
