"""Do two versions publish the same? `python -m benchmarks.versions OLD` compares every object with this checkout's.

OLD is a checkout of another version, such as a git worktree. The sample show, a show with every field, and a catalogue
are published by both as of the same moments; then this version publishes over what the other one published, which must
be up to date. Prints each object that differs; exit status 1 where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import workspaces

ROOT = Path(__file__).parents[1]
#: The first publish, the one at which the clock has changed something, and the one after an edit.
MOMENTS = ("2026-03-01T09:00:00+00:00", "2026-11-01T12:00:00+00:00", "2027-06-01T12:00:00+00:00")
#: What podwright keeps for itself; its form may change.
OWN = "private/podwright/"
#: Consequences that the moments bring with them.
ACCEPTED = ("withdrawn", "vanished", "moved")


def package(checkout: Path) -> tuple[str, Path]:
    """Return the name of a version's package, and the folder that it is imported from."""
    moved = (checkout / "pipeline/podwright").exists()
    return ("podwright", checkout / "pipeline") if moved else ("pipeline", checkout)


def publish(checkout: Path, root: Path, now: str, *, to: str) -> dict[str, object]:
    """Publish a workspace by the version of a checkout. Raises RuntimeError with its output where it fails."""
    name, path = package(checkout)
    script = f"from {name}.cli import main; main()"
    command = [sys.executable, "-c", script, "-C", str(root), "--storage", f"file:{to}", "publish", "--json"]
    accepted = ["--now", now, *(option for kind in ACCEPTED for option in ("--accept", kind))]
    env = {**os.environ, "PYTHONPATH": str(path)}
    done = subprocess.run([*command, *accepted], env=env, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{checkout}: {done.stdout}\n{done.stderr}")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def objects(folder: Path) -> dict[str, bytes]:
    """The published objects by key, but for podwright's own."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {key: path.read_bytes() for key, path in found.items() if not key.startswith(OWN)}


def edit(root: Path) -> None:
    """Add a paragraph to the notes of every third episode."""
    for page in sorted(root.glob("episodes/**/episode.md"))[::3]:
        page.write_text(f"{page.read_text()}\nA paragraph that came later.\n")


def differences(name: str, source: Path, old: Path, work: Path) -> Iterator[str]:
    """What differs between what both versions publish of one workspace."""
    root = work / name
    shutil.copytree(
        source, root, ignore=shutil.ignore_patterns("public", ".*", "pipeline", "tests", "benchmarks", "docs")
    )
    for number, now in enumerate(MOMENTS):
        if number == len(MOMENTS) - 1:
            edit(root)
        found = {}
        for label, checkout in (("old", old), ("new", ROOT)):
            shutil.rmtree(root / ".podwright", ignore_errors=True)
            publish(checkout, root, now, to=label)
            found[label] = objects(root / label)
        for key in sorted(found["old"].keys() | found["new"].keys()):
            if found["old"].get(key) != found["new"].get(key):
                yield f"{name} at {now}: {key}"
        print(f"{name} at {now}: {len(found['new'])} objects", file=sys.stderr)
        shutil.copytree(root / "old", root / "taken", dirs_exist_ok=True)
        shutil.rmtree(root / ".podwright")
        taken = publish(ROOT, root, now, to="taken")
        if taken["writes"] if "writes" in taken else taken["steps"]:
            yield f"{name} at {now}: taken over, it is not up to date: {taken}"
        shutil.rmtree(root / "taken")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="a checkout of the other version")
    parser.add_argument("--episodes", type=int, default=1000, help="of the catalogue")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        workspaces.write_catalogue(work / "source", episodes=options.episodes)
        sources = {"sample": ROOT, "everything": ROOT / "tests/data/everything", "catalogue": work / "source"}
        found = [line for name, source in sources.items() for line in differences(name, source, options.old, work)]
    print(*found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
