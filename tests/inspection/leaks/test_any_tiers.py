"""Whatever workspace of mixed tiers is published, nothing public says or plays what is not for everybody."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from hypothesis import HealthCheck, Phase, given, settings

from podwright.core.model import Overrides
from podwright.inspection.leaks import Request, observe_leaks
from podwright.publishing.plan.consequences import ConsequenceKind
from tests.support.published import NOW, Place
from tests.support.seaweed import REGION, Seaweed
from tests.support.tiers import Mixed, gated_marks, marks_in, mixed_workspaces, moves, public_files, write_mixed
from tests.support.webserver import running_server
from tests.support.workspaces import Table

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
#: How much is tried; PODWRIGHT_EXAMPLES=20 tries twenty times as much.
MORE = int(os.environ.get("PODWRIGHT_EXAMPLES", "1"))
#: Nothing is made smaller: an example takes a second.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
ANYTHING = get_args(ConsequenceKind)


@contextmanager
def workspace(mixed: Mixed) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "show"
        write_mixed(root, mixed)
        yield root


def check(place: Place) -> None:
    """Nothing is found, neither by podwright nor by a plain search for each word that says whose it is."""
    if place.folder:
        gated = gated_marks(place.root)
        found = {key: marks_in(key.encode() + data) & gated for key, data in public_files(place.folder)}
        assert {key: marks for key, marks in found.items() if marks} == {}
    searched = observe_leaks(Request(session=place.session(NOW)))
    assert searched.leaks == ()


@settings(max_examples=10 * MORE, phases=PHASES, suppress_health_check=SLOW)
@given(mixed_workspaces(), moves)
def test_nothing_gated_is_public_in_a_folder(mixed: Mixed, changes: list[Table]) -> None:
    with workspace(mixed) as root:
        (root / "public").mkdir()
        with running_server(root / "public") as server:
            place = Place(root, Overrides(public_url=server.url), server.url, root / "public")
            place.publish()
            check(place)
            write_mixed(root, mixed.moved(changes))
            place.publish(*ANYTHING)
            check(place)


@settings(max_examples=2 * MORE, phases=PHASES, suppress_health_check=SLOW)
@given(mixed_workspaces(), moves)
def test_nothing_gated_is_public_in_a_bucket(bucket: str, seaweed: Seaweed, mixed: Mixed, changes: list[Table]) -> None:
    with workspace(mixed) as root:
        prefix = root.parent.name
        base = f"{seaweed.endpoint_url}/{bucket}/{prefix}/"
        seaweed.make_public(bucket, except_prefix=f"{prefix}/private/")
        storage = f"s3://{bucket}/{prefix}"
        place = Place(
            root,
            Overrides(storage=storage, public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION),
            base,
        )
        place.publish()
        check(place)
        write_mixed(root, mixed.moved(changes))
        place.publish(*ANYTHING)
        check(place)


@settings(max_examples=8 * MORE, phases=PHASES, suppress_health_check=SLOW)
@given(mixed_workspaces())
def test_what_is_public_does_not_depend_on_what_is_gated(mixed: Mixed) -> None:
    """Other words in all that is gated change no public byte."""
    with workspace(mixed) as root, tempfile.TemporaryDirectory() as other:
        place = Place(root, Overrides(), "https://cdn.example.org/", root / "public")
        place.publish()
        gated = gated_marks(root)
        twin = Path(other) / "show"
        write_twin(twin, root, gated)
        Place(twin, Overrides(), "https://cdn.example.org/", twin / "public").publish()
        assert dict(public_files(twin / "public")) == dict(public_files(root / "public"))


def write_twin(twin: Path, root: Path, gated: frozenset[str]) -> None:
    """A copy of a workspace in which every gated word is another one.

    A teaser's guid is made from the episode's, which cannot be read out of it.
    """
    teased = {mark for mark in gated if mark.endswith("guidz") and mark.replace("guidz", "slugz") not in gated}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if name.startswith(("public/", ".podwright/")):
            continue
        data = path.read_bytes()
        for mark in sorted(gated - teased):
            name = name.replace(mark, mark.replace("secret", "other"))
            if path.suffix in (".md", ".vtt", ".toml"):
                data = data.replace(mark.encode(), mark.replace("secret", "quite-another-word-").encode())
        (twin / name).parent.mkdir(parents=True, exist_ok=True)
        (twin / name).write_bytes(data)
