"""Renewing the lists of words that others keep.

    python -m tools.vocabularies                      # both, from the web
    python -m tools.vocabularies ~/podcast-namespace  # from a checkout
    python -m tools.vocabularies CHECKOUT GENRES      # GENRES: Apple's answer, as a file or an address

Writes pipeline/podwright/workspace/vocabularies.json: the namespace's lists with the revision that they are of, and
Apple's categories with the day on which they were read. A list that cannot be read stays as it was, with a message.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STORED = Path(__file__).parents[1] / "pipeline" / "podwright" / "workspace" / "vocabularies.json"
NAMESPACE = "https://github.com/Podcastindex-org/podcast-namespace"
#: The genres of the store, of which 26 is podcasts; a feed's categories are these names.
GENRES = "https://itunes.apple.com/WebObjects/MZStoreServices.woa/ws/genres?id=26"

#: By name here, the file of each list there, a word a line.
_LISTS = {
    "services": "serviceslugs.txt",
    "social": "socialprotocols.txt",
    "chats": "docs/chatprotocols.txt",
    "payments": "docs/examples/value/valueslugs.txt",
    "licenses": "docs/examples/license/licenseslugs.txt",
}


def read_namespace(source: str) -> dict[str, Any]:
    """Return the lists of the podcast namespace, from a repository: a folder or an address that git can clone."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        _git("clone", "--quiet", "--depth=1", "--no-checkout", _address(source), str(clone))

        def show(path: str) -> str:
            return _git("-C", str(clone), "show", f"HEAD:{path}")

        revision, day = _git("-C", str(clone), "log", "-1", "--format=%H %cs").split()
        return {
            "source": NAMESPACE,
            "revision": revision,
            "day": day,
            **{name: show(path).lower().split() for name, path in _LISTS.items()},
            "taxonomy": _taxonomy(json.loads(show("taxonomy.json"))),
        }


def _address(source: str) -> str:
    """Return the address of a source that may be a path: git clones no more than it needs from an address."""
    return source if "://" in source else Path(source).resolve().as_uri()


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def _taxonomy(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """Return roles by group, in lower case: both are compared without case (docs/tags/person.md)."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["group"].strip().lower(), []).append(row["role"].strip().lower())
    return groups


def read_categories(source: str, *, day: str) -> dict[str, Any]:
    """Return Apple's categories, from its list of genres as a file or an address."""
    with urllib.request.urlopen(_address(source), timeout=60) as answer:  # noqa: S310 - who runs this gives the address
        (podcasts,) = json.load(answer).values()
    genres = podcasts.get("subgenres", {}).values()
    if not genres:
        raise ValueError("has no subgenres; give Apple's answer for genre 26")
    names = {genre["name"]: sorted(sub["name"] for sub in genre.get("subgenres", {}).values()) for genre in genres}
    return {"source": GENRES, "day": day, "categories": dict(sorted(names.items()))}


def main(arguments: Sequence[str], *, stored: Path = STORED, now: datetime) -> int:
    """Renew both lists, each if it can be read; return the status of the program."""
    namespace, genres = (*arguments, *(NAMESPACE, GENRES)[len(arguments) :])
    lists = json.loads(stored.read_text())
    failed = []
    for name, source, read in (
        ("podcast namespace", namespace, lambda: read_namespace(namespace)),
        ("apple", genres, lambda: read_categories(genres, day=f"{now:%Y-%m-%d}")),
    ):
        try:
            lists[name] = read()
        except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
            failed.append(f"{source}: the list of {name} stays as it was ({error}); give another source")
    stored.write_text(f"{json.dumps(lists, indent=1, ensure_ascii=False)}\n")
    sys.stderr.writelines(f"{line}\n" for line in failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], now=datetime.now(UTC)))
