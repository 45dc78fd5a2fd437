"""Any valid workspace, published and imported from its own feed, publishes the same feed again but for addresses."""

from __future__ import annotations

import functools
import re
import tempfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings

from podwright.core.model import Overrides
from podwright.stores.ledger.manifest_io import load_manifest
from podwright.workspace.importing import Request, import_show
from tests.render.feeds import reading
from tests.support.importing import FolderFetcher
from tests.support.published import NOW, Place, Quiet
from tests.support.workspaces import Table, workspaces, write_workspace
from tests.test_any_workspace import all_items
from tests.test_everything import NOW as DAY
from tests.test_everything import everything

BASE, NEW = "https://cdn.example.org/", "https://new.example.org/"


def test_a_feed_that_says_everything_is_imported_as_it_is(tmp_path: Path) -> None:
    before = everything(tmp_path / "old")
    before.publish(now=DAY)
    # Its name is that of its file.
    (tmp_path / "old" / "public" / "main.xml").write_bytes(before.get(f"{BASE}everything.xml"))
    check_imported(before, tmp_path / "new", now=DAY)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(workspaces())
def test_an_imported_feed_is_the_old_one(parts: tuple[Table, Table, list[Table]]) -> None:
    check_import(parts)


def check_import(parts: tuple[Table, Table, list[Table]]) -> None:
    """Publish a workspace, import its feed, publish that, and compare the two."""
    if not parts[0].get("owner") and not parts[1].get("owner"):
        # A feed is locked unless it says otherwise, and without an owner nobody can say that it may be imported.
        parts = (parts[0], {**parts[1], "locked": False}, parts[2])
    with tempfile.TemporaryDirectory() as folder:
        old, root = Path(folder, "old"), Path(folder, "new")
        write_workspace(old, parts)
        before = Place(old, Overrides(), BASE, old / "public")
        before.publish()
        check_imported(before, root, now=NOW)


def check_imported(before: Place, root: Path, *, now: datetime) -> None:
    """Import a feed, publish that, and compare the two."""
    owner = "podcast@example.org"
    request = Request(source=f"{BASE}main.xml", root=root, public_url=NEW, slug="main", owner=owner, now=now)
    assert before.folder
    import_show(request, FolderFetcher(BASE, before.folder), progress=Quiet())
    after = Place(root, Overrides(), NEW, root / "public")
    after.publish(now=now)
    for old, new in zip(shape(before, BASE), shape(after, NEW), strict=True):
        missing = [element for name, element in FOLLOWING.items() if f"{name}>" not in old]
        assert old == functools.reduce(lambda text, element: element.sub("", text), missing, new)
    assert frames(before) == frames(after)


def shape(place: Place, base: str) -> list[str]:
    """A feed and its items, an element a line, without what follows from where it is and how its audio is tagged."""
    channel = reading.channel_of(place.get(f"{base}main.xml"))
    lines = []
    for element in [*(one for one in channel if one.tag != "item"), *all_items(place, channel)]:
        text = ADDRESS.sub("…", NAMESPACE.sub("", ET.tostring(element, encoding="unicode")))
        lines.append(ENCODED.sub(_closed, TAGGED.sub("", text)))
    return lines


def frames(place: Place) -> dict[str, str]:
    """Digests of the audio of a store by guid, without its tags."""
    loaded = load_manifest(place.store)
    assert loaded
    listed = {item.guid for item in reading.read_items(place.get(f"{place.base}main.xml"))}
    return {guid: one.audio.frames_hash for guid, one in loaded[0].episodes.items() if guid in listed and one.audio}


def _closed(found: re.Match[str]) -> str:
    """HTML without white space that parts nothing."""
    return re.sub(r" ?(&lt;/?(?:p|ul|ol|li)\b[^&]*&gt;) ?", r"\1", re.sub(r"\s+", " ", found[0]))


ENCODED = re.compile(r"<(?:ns\d+:)?encoded>[^<]*<")
NAMESPACE = re.compile(r' ?xmlns:ns\d+="[^"]*" ?')
ADDRESS = re.compile(r"(?:https://)?(?:cdn|new)\.example\.org/[^\"<\s]*")
#: Notes follow from a summary, and a summary from notes, where there is none.
FOLLOWING = {name: re.compile(rf"<((?:ns\d+:)?{name})>[^<]*</\1>") for name in ("description", "encoded", "summary")}
#: Tags of audio say more than a feed does.
TAGGED = re.compile(r' length="\d+"| bitrate="\d+"|<ns\d+:integrity [^>]*>')
