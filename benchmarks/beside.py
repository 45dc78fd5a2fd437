"""What another version costs beside this one: `python -m benchmarks.beside OLD [--episodes N]`, as Markdown.

OLD is a checkout of the other version, such as a git worktree. Both publish the same catalogue: into a folder each, and
to SeaweedFS, where this version takes over what the other one published.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure, versions, workspaces
from tests.support.seaweed import running_seaweed

ROUNDS = 3


def command(checkout: Path, root: Path, *options: str) -> list[str]:
    """Return the command which publishes a workspace by the version of a checkout."""
    package, path = versions.package(checkout)
    script = f"import sys; sys.path.insert(0, {str(path)!r}); from {package}.cli import main; main()"
    return [sys.executable, "-c", script, "-C", str(root), *options, "publish"]


def again(root: Path, publish: list[str], *, env: dict[str, str] | None = None) -> dict[str, measure.Cost]:
    """Return the cost of a publish with nothing to do, and of one changed title."""
    measure.run(publish, env=env)
    nothing = measure.median([measure.run(publish, env=env) for _ in range(ROUNDS)])
    edited = []
    for number in range(ROUNDS):
        retitle(root, number)
        edited.append(measure.run(publish, env=env))
    return {"nothing to do": nothing, "one changed": measure.median(edited)}


def retitle(root: Path, number: int) -> None:
    """Change the title of one episode."""
    path = root / "episodes" / f"episode-{number + 7:05}" / "episode.md"
    path.write_text(path.read_text().replace("title: ", "title: Edited ", 1))


def own_bytes(root: Path, public: Path, publish: list[str]) -> tuple[int, int]:
    """Return the sizes of the manifest and of the history's objects that an edited note writes into a folder."""

    def state() -> dict[Path, tuple[int, int]]:
        found = (path for path in (public / versions.OWN).rglob("*") if path.is_file())
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in found}

    before = state()
    path = root / "episodes/episode-00003/episode.md"
    path.write_text(f"{path.read_text()}\nA paragraph that came later.\n")
    measure.run(publish)
    written = {path: size for path, (at, size) in state().items() if before.get(path) != (at, size)}
    history = sum(size for path, size in written.items() if "history" in path.parts)
    return sum(written.values()) - history, history


def report(old: Path, folder: Path, *, episodes: int) -> Iterator[str]:
    """Measure both versions; yield each table in Markdown."""
    local: dict[str, measure.Cost] = {}
    written = {}
    for label, checkout in (("before", old), ("now", versions.ROOT)):
        root = folder / label
        workspaces.write_catalogue(root, episodes=episodes)
        publish = command(checkout, root, "--storage", f"file:{folder / f'public-{label}'}")
        local[f"first build, {label}"] = measure.run(publish)
        print(f"first build, {label}: {local[f'first build, {label}']}", file=sys.stderr)
        local.update((f"{what}, {label}", cost) for what, cost in again(root, publish).items())
        written[label] = own_bytes(root, folder / f"public-{label}", publish)
        shutil.rmtree(folder / f"public-{label}")
    note = (
        f"{episodes:,} episodes. For one edited note the manifest is {written['before'][0]:,} bytes before and "
        f"{written['now'][0]:,} now, and what the history keeps {written['before'][1]:,} and {written['now'][1]:,}."
    )
    yield measure.table("A catalogue in a local folder, before and now", local, note=note)
    shutil.rmtree(folder / "before")
    root = folder / "now"
    shutil.rmtree(root / ".podwright")
    with running_seaweed(folder / "seaweed") as server:
        server.create_bucket("catalogue")
        where = ["--storage", "s3://catalogue", "--endpoint-url", server.endpoint_url, "--region", "us-east-1"]
        remote: dict[str, measure.Cost] = {}
        for label, checkout in (("before", old), ("now", versions.ROOT)):
            publish = command(checkout, root, *where)
            remote[f"first publish or take-over, {label}"] = measure.run(publish, env=server.environment)
            found = again(root, publish, env=server.environment)
            remote.update((f"{what}, {label}", cost) for what, cost in found.items())
    yield measure.table("The same catalogue in SeaweedFS, before and now", remote)


def main() -> None:
    """Measure in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("--episodes", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podwright-beside-") as folder:
        for table in report(arguments.old.resolve(), Path(folder), episodes=arguments.episodes):
            print(table, flush=True)


if __name__ == "__main__":
    main()
