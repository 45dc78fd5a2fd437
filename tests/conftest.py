"""What tests share: the sample show in a folder of its own, and a real S3 server."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.seaweed import Seaweed, running_seaweed

ROOT = Path(__file__).parent.parent


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of this repository's own show."""
    root = tmp_path / "show"
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
    return root


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """A SeaweedFS of this test process, killed at its end."""
    with running_seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def bucket(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh bucket, public but for `private/`, with the credentials for it in the environment."""
    for name, value in seaweed.environment.items():
        monkeypatch.setenv(name, value)
    name = f"b-{uuid.uuid4().hex}"
    seaweed.create_bucket(name)
    return name
