"""What has a server say where addresses moved, taken by the servers themselves."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import unquote

import pytest

from podwright.operations.moving.rules import render_all
from podwright.operations.moving.types import Moved
from tests.clients.nginx import free_port, running, running_nginx

pytestmark = pytest.mark.clients

PATHS = [
    "/feed.xml",
    "/rss",
    "/show/1-first.mp3?dest-id=4",
    "/Show/1-first.mp3",
    "/a%20b.mp3",
    "/%C3%A9t%C3%A9.mp3",
    "/it's-%22quoted%22.mp3",
    "/back%5Cslash.mp3",
    "/$uri-${HOME}-%7Bpath%7D.mp3",
    "/(a+b)*.mp3",
    "/~user/[x]^.mp3",
    "/100%25.mp3",
    "/a;b,c&d=e.mp3",
]
MOVES = [
    Moved(old=f"http://old.example{path}", new=f"https://new.example.org/{number}/$1&x={{path}}?a=%20b#c")
    for number, path in enumerate(PATHS)
]
#: Begin as others do, or differ in case alone.
OTHERS = ["/feed.xml.bak", "/rss/", "/RSS2", "/show", "/a", "/Feed.xml/x", "/SHOW/1-first.mp3"]


def files(name: str, folder: Path) -> Path:
    rules = render_all(MOVES, name)
    assert rules.left == ()
    (folder / "old.example").mkdir()
    for file, text in rules.files.items():
        (folder / file).write_text(text)
    return folder / "old.example"


@contextlib.contextmanager
def nginx(folder: Path, port: int) -> Iterator[None]:
    here = files("nginx", folder)
    locations = f"include {here}/podwright-moved.conf;\nlocation / {{ return 404; }}"
    with running_nginx(folder / "run", port=port, locations=locations, before=f"include {here}/podwright-map.conf;"):
        yield


@contextlib.contextmanager
def caddy(folder: Path, port: int) -> Iterator[None]:
    here = files("caddy", folder)
    site = f"http://127.0.0.1:{port} {{\nimport {here}/podwright-moved.caddy\nrespond 404\n}}\n"
    command, environment = caddy_command(folder, site)
    with running(command, port=port, environment=environment):
        yield


def caddy_command(folder: Path, site: str) -> tuple[list[str], dict[str, str]]:
    """How Caddy is started for a site, with all that it writes in a folder."""
    (folder / "Caddyfile").write_text("{\nadmin off\nauto_https off\n}\n" + site)
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], environment


@contextlib.contextmanager
def apache(folder: Path, port: int) -> Iterator[None]:
    here = files("apache", folder)
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
        for name in ("mpm_event", "authz_core", "alias")
    )
    (folder / "empty").mkdir()
    settings = (
        f"{modules}Listen 127.0.0.1:{port}\nServerName old.example\nServerRoot {folder}\nUser {getpass.getuser()}\n"
        f"PidFile {folder}/pid\nErrorLog {folder}/errors\nDocumentRoot {folder}/empty\nMutex file:{folder} default\n"
        f"<VirtualHost *>\nInclude {here}/podwright-moved.conf\n</VirtualHost>\n"
    )
    settings = settings.replace("User root\n", "User www-data\nGroup www-data\n")
    (folder / "httpd.conf").write_text(settings)
    with running(["apache2", "-f", str(folder / "httpd.conf"), "-D", "FOREGROUND"], port=port):
        yield


@pytest.mark.parametrize("server", [nginx, caddy, apache], ids=lambda server: server.__name__)
def test_a_server_says_where_each_address_moved_and_nothing_of_others(
    server: Callable[[Path, int], contextlib.AbstractContextManager[None]], tmp_path: Path
) -> None:
    port = free_port()
    with server(tmp_path, port):
        heard = {path: ask(port, path) for path in [*PATHS, *OTHERS]}
    assert {path: (heard[path][0], unquote(heard[path][1] or "")) for path in PATHS} == {
        path: (301, unquote(move.target)) for path, move in zip(PATHS, MOVES, strict=True)
    }
    assert {heard[path] for path in OTHERS} <= {(404, None), (403, None)}


def ask(port: int, path: str) -> tuple[int, str | None]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path.replace("{", "%7B").replace("}", "%7D"))
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.getheader("location")
    finally:
        connection.close()


def test_the_function_of_cloudfront_answers_from_its_store(tmp_path: Path) -> None:
    here = files("cloudfront", tmp_path)
    text = (here / "podwright-moved.js").read_text().replace("import cf from 'cloudfront';", "")
    asked = [*(move.escaped_path for move in MOVES), "/other"]
    (here / "asked.mjs").write_text(
        "import { readFileSync } from 'fs';\n"
        f"const data = JSON.parse(readFileSync('{here}/podwright-moved.json')).data;\n"
        "const store = new Map(data.map((one) => [one.key, one.value]));\n"
        "const get = async (key) => { if (!store.has(key)) throw new Error(key); return store.get(key); };\n"
        f"const cf = {{ kvs: () => ({{ get }}) }};\n{text}\n"
        f"for (const uri of {json.dumps(asked)}) "
        "console.log(JSON.stringify(await handler({ request: { uri, headers: {} } })));\n"
    )
    done = subprocess.run(["node", here / "asked.mjs"], capture_output=True, text=True, check=True, timeout=60)
    *answers, other = map(json.loads, done.stdout.splitlines())
    assert [(one["statusCode"], one["headers"]["location"]["value"]) for one in answers] == [
        (301, move.target) for move in MOVES
    ]
    assert other == {"uri": "/other", "headers": {}}
