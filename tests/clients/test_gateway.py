"""A member's app behind nginx: it downloads what is gated, and is refused after the address was revoked."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.clients.apps import Gpo
from tests.clients.nginx import documented, free_port, running_nginx
from tests.support.gateway import running_gateway
from tests.support.paths import ROOT
from tests.support.published import Place

pytestmark = pytest.mark.clients


def test_gpodder_downloads_a_gated_episode_until_the_address_is_revoked(place: Place, tmp_path: Path) -> None:
    place.publish()
    port = free_port()
    storage = place.overrides
    options = ["--storage", storage.storage, "--public-url", place.base, "--endpoint-url", storage.endpoint_url]
    where = [str(one) for one in (*options, "--region", storage.region)]
    with running_gateway(place.root, *where, url=f"http://127.0.0.1:{port}/") as gateway:
        locations = documented(ROOT / "docs" / "members.md").replace(":8100", f":{gateway.port}")
        with running_nginx(tmp_path / "nginx", port=port, locations=locations):
            address = gateway.members("add", "Ada", "--feed", "quick-take-gold")
            app = Gpo(tmp_path / "gpodder")
            app.run("subscribe", address, "Show")
            app.run("update")
            app.run("download")
            heard = {one.title: one for one in app.episodes()}
            gated = heard["Counting clean hands on home visits"]
            assert gated.file is not None
            source = place.root / "episodes/home-monitoring/counting-clean-hands/counting-clean-hands.m4a"
            assert source.read_bytes()[100_000:200_000] in gated.file.read_bytes()
            assert all(one.file is not None for one in heard.values())
            gateway.members("revoke", "Ada")
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(address, timeout=30)
            assert caught.value.code == 403
            assert b"no longer valid" in caught.value.read()
            caught.value.close()
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(gated.url, timeout=30)
            assert address.split("/")[4] not in (tmp_path / "nginx" / "access.log").read_text()
