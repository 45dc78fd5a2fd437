"""What survives a power failure: files are on the disk before anything says that they are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podwright.core.artifact import Artifact
from podwright.core.model import Overrides
from podwright.core.names import MANIFEST_KEY, parse
from podwright.stores import Advance, Stored
from podwright.stores.local import LocalStore
from podwright.stores.settling import FEW, settle_files
from tests.support.published import Place


def test_many_files_and_few_are_settled_and_those_that_are_gone_passed_over(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{number}.txt") for number in range(FEW + 1)]
    for path in paths:
        Path(path).write_text("text")
    settle_files(tmp_path, [*paths[:3], str(tmp_path / "gone.txt")])
    settle_files(tmp_path, paths)


def test_a_folder_that_cannot_be_settled_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        settle_files(tmp_path / "gone", ["a"] * (FEW + 1))


class Watched(LocalStore):
    """A folder that notes what was not settled yet when a feed or the manifest, which name it, was written."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, url="file:public")
        self.risky: list[str] = []
        self.written: list[str] = []

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        name = parse(artifact.key)
        self._note(artifact.key, names_others=name is not None and name.kind == "feed")
        return super().put(artifact, progress=progress)

    def write(self, key: str, data: bytes, **headers: Any) -> str:
        self._note(key, names_others=key == MANIFEST_KEY)
        return super().write(key, data, **headers)

    def _note(self, key: str, *, names_others: bool) -> None:
        if names_others:
            self.written.append(key)
            # One feed names no other.
            self.risky += [path for path in self._unsettled if not path.endswith(".xml")]


def test_no_feed_and_no_manifest_is_written_before_what_it_names_is_settled(sample: Path) -> None:
    place = Place(sample, Overrides(), "https://cdn.example.org/", sample / "public")
    store = Watched(sample / "public")
    place.publish(store=store)
    assert {MANIFEST_KEY, "quick-take.xml"} <= {*store.written}
    assert store.risky == []
    assert store._unsettled == []
