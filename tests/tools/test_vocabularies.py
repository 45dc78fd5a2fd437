"""The lists of others: read from a repository and an answer of their form, and stored as the package reads them."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podwright.workspace import vocabularies
from tools import vocabularies as tool

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FILES = {
    "serviceslugs.txt": "acast\nTikTok\n",
    "socialprotocols.txt": "disabled\natproto\n",
    "docs/chatprotocols.txt": "irc\nmatrix",
    "docs/examples/value/valueslugs.txt": "lightning\nlnaddress\n",
    "docs/examples/license/licenseslugs.txt": "ARR\n",
    "taxonomy.json": json.dumps([{"group": "Cast", "role": "Host"}, {"group": "Cast", "role": "Guest"}]),
}
GENRES = {
    "26": {
        "subgenres": {"1": {"name": "Leisure", "subgenres": {"3": {"name": "Home & Garden"}}}, "2": {"name": "History"}}
    }
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "namespace"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for arguments in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message=Lists"),
    ):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    return root


def test_the_lists_are_read_with_the_revision_that_they_are_of(repository: Path, tmp_path: Path) -> None:
    stored, genres = tmp_path / "stored.json", tmp_path / "genres.json"
    stored.write_text("{}")
    genres.write_text(json.dumps(GENRES))
    assert tool.main([str(repository), str(genres)], stored=stored, now=NOW) == 0
    found = json.loads(stored.read_text())
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True)
    namespace = found["podcast namespace"]
    assert namespace["revision"] == head.stdout.strip()
    assert namespace["services"] == ["acast", "tiktok"]
    assert namespace["payments"] == ["lightning", "lnaddress"]
    assert namespace["licenses"] == ["arr"]
    assert namespace["taxonomy"] == {"cast": ["host", "guest"]}
    assert found["apple"]["categories"] == {"History": [], "Leisure": ["Home & Garden"]}
    assert found["apple"]["day"] == "2026-03-02"


def test_what_cannot_be_read_stays_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored, genres = tmp_path / "stored.json", tmp_path / "genres.json"
    stored.write_text(json.dumps({"podcast namespace": 1, "apple": 2}))
    genres.write_text('{"26": {}}')
    assert tool.main([str(tmp_path / "nothing"), str(genres)], stored=stored, now=NOW) == 1
    assert json.loads(stored.read_text()) == {"podcast namespace": 1, "apple": 2}
    assert capsys.readouterr().err.count("stays as it was") == 2


def test_the_stored_lists_are_those_that_the_tool_writes() -> None:
    stored = json.loads(tool.STORED.read_text())
    assert f"{json.dumps(stored, indent=1, ensure_ascii=False)}\n" == tool.STORED.read_text()
    assert stored["podcast namespace"].keys() == {"source", "revision", "day", "taxonomy", *tool._LISTS}
    assert stored["apple"].keys() == {"source", "day", "categories"}


@pytest.mark.parametrize(
    ("words", "held", "gone"),
    [
        (vocabularies.SERVICES, {"rss", "podcasts", "relay", "resonaterecordings", "tiktok", "youtube"}, {"rss.com"}),
        (vocabularies.SOCIAL, {"atproto", "activitypub"}, {"bluesky"}),
        (vocabularies.PAYMENTS, {"keysend", "lnaddress"}, set()),
        (vocabularies.LICENSES, {"cc-by-4.0", "pod-v4v-1.0"}, set()),
        (tuple(vocabularies.CATEGORIES), {"Leisure", "TV & Film"}, set()),
    ],
)
def test_words_are_those_of_the_present_lists(words: tuple[str, ...], held: set[str], gone: set[str]) -> None:
    assert held <= set(words)
    assert gone.isdisjoint(words)


def test_a_former_word_has_a_present_one() -> None:
    present = {*vocabularies.SERVICES, *vocabularies.SOCIAL}
    assert set(vocabularies.FORMER.values()) <= present
    assert set(vocabularies.FORMER).isdisjoint(present)
