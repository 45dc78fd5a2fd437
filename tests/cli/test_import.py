"""`podwright import` from a host on loopback: what it prints, and what can be published then."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import NOW, machine, run
from tests.support.webserver import running_server
from tests.workspace.importing.feeds import BASE, feed, host
from tests.workspace.importing.test_run import ITEMS


def test_a_show_is_imported_compared_and_published(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    host(old, "")
    with running_server(old) as server:
        (old / "feed.xml").write_text(feed(*ITEMS).replace(BASE, server.url))
        source = f"{server.url}feed.xml"
        result = run(tmp_path, "import", source, str(new), "--now", NOW)
        assert result.stdout.splitlines() == [
            "new: 3 settings files, 3 episodes, 2 transcripts, 1 picture, 3 recordings",
            "0 of 3 episodes would be downloaded again; 0 differences.",
        ]
        again = run(tmp_path, "import", source, str(new), "--now", NOW)
        assert again.stdout.splitlines() == [
            "nothing is new",
            "0 of 3 episodes would be downloaded again; 0 differences.",
        ]
        compared = machine(run(tmp_path, "import", source, str(new), "--compare", "--json", "--now", NOW))
        assert compared == {
            "compared": {"episodes": 3, "waiting": 0, "again": 0, "differences": [], "problems": []},
        }
    assert run(new, "publish", "--now", NOW).exit_code == 0


def test_what_is_no_feed_ends_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html></html>")
    result = run(tmp_path, "import", str(tmp_path / "page.html"), str(tmp_path / "new"))
    assert result.exit_code == 1
    assert "page.html: is a page without the headings of an episode" in result.stderr
    missing = run(tmp_path, "import", str(tmp_path / "missing.xml"), str(tmp_path / "new"))
    assert missing.exit_code == 1
    assert "cannot be read" in missing.stderr
