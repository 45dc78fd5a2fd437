"""What anybody is sent of a published show: each kind of object, over plain HTTP, from a real store."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from podwright.core.model import Overrides, Storage
from podwright.core.names import MANIFEST_KEY
from podwright.stores import apply_cors, open_store
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_json import parse_manifest
from tests.stores.conftest import s3_storage
from tests.support.answers import ask
from tests.support.paths import ROOT
from tests.support.published import Place
from tests.support.seaweed import REGION, Seaweed

TITLE = "Être à l’écoute: «睡眠» ☂ 100 %"
#: Endings of keys; type, and seconds that a copy may be kept.
KINDS = [
    ("quick-take.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
    ("feeds.opml", "text/x-opml; charset=utf-8", "public, max-age=3600"),
    (".mp3", "audio/mpeg", "public, max-age=86400"),
    (".m4a", "audio/x-m4a", "public, max-age=86400"),
    ("-chapters.json", "application/json+chapters", "public, max-age=3600"),
    (".vtt", "text/vtt; charset=utf-8", "public, max-age=3600"),
    (".srt", "application/x-subrip; charset=utf-8", "public, max-age=3600"),
    ("rug.json", "application/json", "public, max-age=3600"),
    ("home.html", "text/html; charset=utf-8", "public, max-age=3600"),
    ("index.html", "text/html; charset=utf-8", "public, max-age=300"),
    ("oembed.json", "application/json", "public, max-age=300"),
    ("sitemap.xml", "application/xml", "public, max-age=300"),
    (".css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
    (".js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    (".svg", "image/svg+xml", "public, max-age=31536000, immutable"),
    (".txt", "text/plain; charset=utf-8", "public, max-age=3600"),
    (".jpg", "image/jpeg", "public, max-age=31536000, immutable"),
    (".png", "image/png", "public, max-age=31536000, immutable"),
]
ORIGIN = "https://player.example"


@dataclass(frozen=True)
class Show:
    """A published show: where it is read, and what is in its manifest."""

    base: str
    manifest: Manifest

    def key(self, ending: str) -> str:
        """The first public key that ends so."""
        return next(key for key in sorted(self.manifest.objects) if key.endswith(ending) and key[:8] != "private/")

    def ask(self, key: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        """What anybody gets."""
        parts = urlsplit(self.base + key)
        return ask(parts.netloc, parts.path, method, **headers)


@pytest.fixture(scope="module")
def show(seaweed: Seaweed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The sample show with a hard title and all audio public, in a bucket with our cross-origin rule."""
    root = tmp_path_factory.mktemp("headers") / "show"
    for name in ("feeds", "episodes", "artwork"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "podwright.toml", root)
    _edit(root, "counting-clean-hands", access="free")
    _edit(root, "mind-the-rug", title=TITLE)
    storage = s3_storage(seaweed, f"headers-{uuid.uuid4().hex}")
    bucket = storage.url.removeprefix("s3://")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.environment.items():
            patch.setenv(name, value)
        seaweed.create_bucket(bucket)
        seaweed.make_public(bucket)
        yield _published(root, storage)
        seaweed.delete_bucket(bucket)


def _edit(root: Path, slug: str, **fields: str) -> None:
    path = root / "episodes" / "home-monitoring" / slug / "episode.md"
    text = path.read_text()
    for name, value in fields.items():
        text, count = re.subn(rf"(?m)^{name}: .*$", f'{name}: "{value}"', text)
        assert count == 1
    path.write_text(text)


def _published(root: Path, storage: Storage) -> Show:
    overrides = Overrides(
        storage=storage.url, public_url=storage.public_url, endpoint_url=storage.endpoint_url, region=REGION
    )
    Place(root, overrides, storage.public_url).publish()
    store = open_store(storage)
    apply_cors(store)
    read = store.read(MANIFEST_KEY)
    assert read
    assert read.data
    return Show(storage.public_url, parse_manifest(read.data))


def _said(headers: Message) -> Mapping[str, str]:
    names = ("Content-Type", "Content-Length", "Cache-Control", "Content-Disposition", "ETag", "Accept-Ranges")
    return {name: headers[name] for name in names if headers[name] is not None}


@pytest.mark.parametrize(("ending", "media_type", "kept"), KINDS, ids=[row[0] for row in KINDS])
def test_each_kind_of_object_says_what_apps_ask(show: Show, ending: str, media_type: str, kept: str) -> None:
    key = show.key(ending)
    record = show.manifest.objects[key]
    status, headers, data = show.ask(key)
    assert (status, len(data)) == (200, record.size)
    said = _said(headers)
    assert said["Content-Type"] == media_type
    assert said["Cache-Control"] == kept
    assert said["Content-Length"] == str(record.size)
    assert said["ETag"] == f'"{record.etag}"'
    assert said["Accept-Ranges"] == "bytes"
    assert headers["Content-Encoding"] is None
    assert ("Content-Disposition" in said) == media_type.startswith("audio/")
    assert show.ask(key, "HEAD")[0] == 200
    assert _said(show.ask(key, "HEAD")[1]) == said


@pytest.mark.parametrize("ending", [row[0] for row in KINDS])
def test_each_kind_of_object_comes_in_ranges_and_not_twice(show: Show, ending: str) -> None:
    key = show.key(ending)
    size, etag = show.manifest.objects[key].size, f'"{show.manifest.objects[key].etag}"'
    whole = show.ask(key)[2]
    ranges = {"0-1": (0, 2), f"{size - 5}-": (size - 5, size), "-7": (size - 7, size), "3-999999999": (3, size)}
    for asked, (start, end) in ranges.items():
        status, headers, data = show.ask(key, Range=f"bytes={asked}")
        assert (status, headers["Content-Range"]) == (206, f"bytes {start}-{end - 1}/{size}")
        assert (data, headers["ETag"]) == (whole[start:end], etag)
    status, headers, _ = show.ask(key, Range=f"bytes={size}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{size}")
    for method in ("GET", "HEAD"):
        status, headers, data = show.ask(key, method, If_None_Match=etag)
        assert (status, headers["ETag"], data) == (304, etag, b"")
    assert show.ask(key, If_None_Match='"another"')[0] == 200


@pytest.mark.parametrize("ending", [row[0] for row in KINDS])
def test_the_page_of_another_site_reads_each_kind_of_object(show: Show, ending: str) -> None:
    key = show.key(ending)
    for method in ("GET", "HEAD"):
        status, headers, _ = show.ask(key, method, Origin=ORIGIN)
        assert status == 200
        assert headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
        assert headers["Access-Control-Allow-Origin"] == "*" or "Origin" in headers["Vary"]
        exposed = {name.strip() for name in headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed >= {"ETag", "Content-Length", "Content-Range", "Accept-Ranges"}


def test_a_download_is_called_by_its_title_in_any_script(show: Show) -> None:
    headers = show.ask(show.key("mind-the-rug.mp3"), "HEAD")[1]
    value = headers["Content-Disposition"]
    assert value.isascii()
    plain = re.fullmatch(r"attachment; filename=\"([^\"\\%]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", value)
    assert plain
    assert plain[1].startswith("Quick Take - _tre ")
    assert plain[1].endswith(".mp3")
    assert unquote(plain[2], errors="strict") == f"Quick Take - {TITLE}".replace(":", "-") + ".mp3"


def test_nothing_private_is_sent_to_anybody(show: Show) -> None:
    keys = [key for key in show.manifest.objects if key.startswith("private/")]
    assert len(keys) > 3
    for key in (MANIFEST_KEY, *keys):
        for method in ("GET", "HEAD"):
            assert show.ask(key, method)[0] == 403
        assert show.ask(key, Origin=ORIGIN, Range="bytes=0-1")[0] == 403
