"""Listeners of a show that moves here: subscribed at the old host, and none hears an episode twice or misses one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.model import Overrides
from tests.clients.apps import Gpo, Newsboat
from tests.clients.nginx import free_port, running, running_nginx
from tests.clients.test_moving import caddy_command
from tests.support.paths import ROOT
from tests.support.published import NOW, Place
from tests.support.seaweed import REGION, Seaweed

pytestmark = pytest.mark.clients

NEW_EPISODE = """\
---
title: The first one at the new host
guid: first-at-the-new-host
published: 2026-10-31
explicit: false
---

Nothing changed but the address.
"""


def nginx(folder: Path, port: int, *, public: Path, rules: Path | None) -> AbstractContextManager[None]:
    moved = f"include {rules}/podwright-moved.conf;" if rules else ""
    before = f"include {rules}/podwright-map.conf;" if rules else ""
    types = "types { application/rss+xml xml; audio/mpeg mp3; audio/x-m4a m4a; }"
    return running_nginx(folder, port=port, locations=f"{moved}\nroot {public};\n{types}", before=before)


def caddy(folder: Path, port: int, *, public: Path, rules: Path | None) -> AbstractContextManager[None]:
    folder.mkdir()
    moved = f"import {rules}/podwright-moved.caddy\n" if rules else ""
    command, environment = caddy_command(
        folder, f"http://127.0.0.1:{port} {{\n{moved}root * {public}\nfile_server\n}}\n"
    )
    return running(command, port=port, environment=environment)


@pytest.mark.parametrize("server", [nginx, caddy], ids=lambda server: server.__name__)
def test_listeners_notice_nothing_of_a_move(
    server: Callable[..., AbstractContextManager[None]], sample: Path, bucket: str, seaweed: Seaweed, tmp_path: Path
) -> None:
    port = free_port()
    old_url = f"http://127.0.0.1:{port}/"
    old_feed = f"{old_url}quick-take.xml"
    Place(sample, Overrides(public_url=old_url), old_url, sample / "public").publish()
    new_url = f"{seaweed.endpoint_url}/{bucket}/"
    seaweed.make_public(bucket)
    overrides = Overrides(
        storage=f"s3://{bucket}", public_url=new_url, endpoint_url=seaweed.endpoint_url, region=REGION
    )
    new = Place(tmp_path / "new", overrides, new_url)
    gpo, newsboat = Gpo(tmp_path / "gpodder"), Newsboat(tmp_path / "newsboat")
    with server(tmp_path / "before", port, public=sample / "public", rules=None):
        gpo.run("subscribe", old_feed, "Show")
        gpo.run("update")
        gpo.run("download")
        newsboat.subscribe(old_feed)
        newsboat.reload()
        known, read = gpo.episodes(), newsboat.items()
        downloaded = newsboat.download(count=len(read))
        run("import", old_feed, str(new.root), "--url", new_url, "--owner", owner(sample))
        new.publish()
        run(
            "-C",
            str(new.root),
            "--public-url",
            new_url,
            "move",
            old_feed,
            "--rules",
            server.__name__,
            "--write",
            str(tmp_path),
        )
    (rules,) = tmp_path.glob("127.0.0.1-*")
    folder = new.root / "episodes/new"
    folder.mkdir()
    (folder / "episode.md").write_text(NEW_EPISODE)
    shutil.copyfile(ROOT / "tests/data/audio/cbr-64k.mp3", folder / "audio.mp3")
    new.publish(now=NOW)
    with server(tmp_path / "after", port, public=sample / "public", rules=rules):
        gpo.run("update")
        assert {one.guid for one in gpo.episodes()} == {*(one.guid for one in known), "first-at-the-new-host"}
        assert len(gpo.episodes()) == len(known) + 1
        # What had been downloaded stays so, and only the new one waits.
        assert [one.guid for one in gpo.episodes() if one.file is None] == ["first-at-the-new-host"]
        gpo.run("download")
        assert all(one.file and one.file.is_file() for one in gpo.episodes())
        newsboat.reload()
        assert {guid for guid, _, _ in newsboat.items()} == {*(guid for guid, _, _ in read), "first-at-the-new-host"}
        assert len(newsboat.items()) == len(read) + 1
        files = newsboat.download(count=len(downloaded) + 1)
        assert files.keys() - downloaded.keys() == {
            url.rpartition("/")[2] for _, _, url in newsboat.items() if "/new/" in url
        }


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def owner(root: Path) -> str:
    """The address of the owner, who says that the locked show may be imported."""
    lines = (root / "podwright.toml").read_text().splitlines()
    return next(line.partition("email = ")[2].strip('" }') for line in lines if "email = " in line)
