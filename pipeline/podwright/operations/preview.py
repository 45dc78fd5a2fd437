"""A preview: the podcast published to a folder and served on this machine as a store behind a CDN would.

HTTP semantics are those of RFC 9110 (https://www.rfc-editor.org/rfc/rfc9110): ranges and their conditions by Starlette,
validators and the rest here.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from watchfiles import awatch

from podwright.building.lists import HOME_KEY, MISSING_KEY
from podwright.building.types import Podcast
from podwright.core.artifact import Artifact, Side
from podwright.core.errors import PodwrightError
from podwright.core.model import Overrides
from podwright.core.names import side_of
from podwright.core.progress import Progress
from podwright.core.serving import is_known, listen
from podwright.publishing.plan.consequences import ConsequenceKind
from podwright.publishing.proposal import plan
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.workspace.load import load_show
from podwright.workspace.scan import WORK_DIR, Scan, scan_workspace
from podwright.workspace.storage import PREVIEW

HOST = "127.0.0.1"
#: A site elsewhere can give its own name our address and would read all that is shown, what is not public among it
#: (https://owasp.org/www-community/attacks/DNS_Rebinding).
NAMES = (HOST, "localhost")
#: Seconds that a stopped server waits for open connections.
GRACE = 1
#: Milliseconds between two looks at the clock.
TICK = 5_000

_RELOAD = b'<script src="/-/reload.js" defer></script>'
_RELOAD_SCRIPT = """\
const events = new EventSource("/-/events");
events.addEventListener("built", () => location.reload());
events.addEventListener("problems", (event) => {
  const banner = document.getElementById("problems") ?? document.createElement("pre");
  banner.id = "problems";
  document.body.prepend(banner);
  banner.setAttribute("role", "alert");
  banner.textContent = JSON.parse(event.data);
});
"""
_RANGES = re.compile(r"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A workspace to preview."""

    root: Path
    overrides: Overrides
    #: Gives the time as of which each build is made.
    clock: Callable[[], datetime]
    progress: Progress
    #: Where to listen; 0 takes any free port.
    port: int
    #: The objects that anybody may read.
    shown: frozenset[Side]
    #: Called with a line for the person who previews.
    say: Callable[[str], None]
    #: Called with the reason why a build failed.
    complain: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One state of the podcast."""

    title: str
    #: The workspace as it was looked at.
    scan: Scan
    #: The path of the public address, which begins and ends with "/".
    prefix: str
    #: The folder in which the objects lie.
    folder: Path
    #: The objects by their keys.
    artifacts: Mapping[str, Artifact]
    #: When the clock next changes the podcast.
    horizon: datetime | None
    #: The path to begin at.
    home: str
    #: The folders that `publish` writes to, if any.
    published: tuple[Path, ...]


@dataclass(slots=True)
class LiveBuild:
    """The build that is served now, and the browsers that are told when it changes."""

    build: Build
    shown: frozenset[Side]
    #: Each gets pairs of an event and its data.
    listeners: set[asyncio.Queue[tuple[str, str]]] = field(default_factory=set)

    def tell(self, event: str, data: str) -> None:
        """Tell all browsers."""
        for listener in self.listeners:
            listener.put_nowait((event, data))


def build_preview(preview: Preview) -> Build:
    """Publish to the preview's folder. Raises WorkspaceError."""
    scan = scan_workspace(preview.root)
    own = load_show(scan, preview.overrides)
    prefix = urlsplit(own.storage.public_url).path
    place = f"file:{PREVIEW}/store"
    address = f"http://{HOST}:{preview.port}{prefix}"
    overrides = Overrides(storage=place, private_url=place, public_url=address)
    session = Session(
        root=preview.root, now=preview.clock(), overrides=overrides, progress=preview.progress, work_dir=PREVIEW, keep=0
    )
    publish(session, accepted=get_args(ConsequenceKind))
    podcast = plan(session).podcast
    artifacts = {artifact.key: artifact for artifact in _artifacts(podcast)}
    return Build(
        title=own.title,
        scan=scan,
        prefix=prefix,
        folder=preview.root / PREVIEW / "store",
        artifacts=artifacts,
        horizon=podcast.horizon,
        published=tuple(filter(None, (own.storage.folder, own.storage.private_folder))),
        home=prefix if HOME_KEY in artifacts else f"{prefix}{podcast.feeds[0].artifact.key}",
    )


def _artifacts(podcast: Podcast) -> Collection[Artifact]:
    found = [one for episode in podcast.episodes for one in (*episode.artifacts, *episode.pages)]
    found += [one for feed in podcast.feeds for one in (*feed.documents, *feed.images)]
    return [*found, *podcast.lists, *podcast.site.pages, *podcast.site.files]


def serve_preview(preview: Preview) -> None:
    """Serve until interrupted. Raises WorkspaceError where there is nothing to serve, ListenError where no port is."""
    with contextlib.closing(listen(HOST, preview.port, options="--port")) as listening:
        preview = replace(preview, port=listening.getsockname()[1])
        live = LiveBuild(build_preview(preview), preview.shown)
        preview.say(f"Serving {live.build.title} at http://{HOST}:{preview.port}{live.build.home} (Ctrl-C ends)")
        # The server has ended in good order before it hands an interrupt on.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(preview, live, listening))


async def _run(preview: Preview, live: LiveBuild, listening: socket.socket) -> None:
    config = uvicorn.Config(make_app(live), log_level="error", timeout_graceful_shutdown=GRACE, lifespan="off")
    server = uvicorn.Server(config)
    watching = asyncio.create_task(watch(preview, live))
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def watch(preview: Preview, live: LiveBuild) -> None:
    """Build again whenever a file of the workspace or the clock asks for it, until cancelled."""
    elsewhere = (preview.root / WORK_DIR, preview.root / ".git", *live.build.published)
    ignored = tuple(f"{folder}/" for folder in elsewhere)
    changes = awatch(
        preview.root,
        watch_filter=lambda _, path: not path.startswith(ignored),
        rust_timeout=TICK,
        yield_on_timeout=True,
    )
    begun = False
    async for changed in changes:
        horizon = live.build.horizon
        # The watch tells nothing of files that were edited before it began.
        missed = not begun and await asyncio.to_thread(_is_edited, preview, live.build)
        begun = True
        if changed or missed or (horizon and preview.clock() >= horizon):
            await _rebuild(preview, live)


def _is_edited(preview: Preview, build: Build) -> bool:
    """Tell whether the workspace is another one than when it was built."""
    try:
        return scan_workspace(preview.root) != build.scan
    except PodwrightError:
        return True


async def _rebuild(preview: Preview, live: LiveBuild) -> None:
    try:
        live.build = await asyncio.to_thread(build_preview, preview)
    except PodwrightError as error:
        preview.complain(str(error))
        live.tell("problems", str(error))
    else:
        live.tell("built", "")


# HTTP


def make_app(live: LiveBuild) -> Starlette:
    """Return the application that serves builds."""

    async def reload_script(_: Request) -> Response:
        return Response(_RELOAD_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def events(_: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_events(live), media_type="text/event-stream", headers=headers)

    async def object_(request: Request) -> Response:
        return await asyncio.to_thread(answer, request, live.build, shown=live.shown)

    return Starlette(
        routes=[
            Route("/-/reload.js", reload_script),
            Route("/-/events", events),
            Route("/{path:path}", object_, methods=["GET", "HEAD"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=NAMES, www_redirect=False)],
    )


async def _events(live: LiveBuild) -> AsyncIterator[str]:
    """Yield server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    live.listeners.add(queue)
    try:
        yield "retry: 500\n\n"
        while True:
            event, data = await queue.get()
            yield f"event: {event}\ndata: {json.dumps(data)}\n\n"
    finally:
        live.listeners.discard(queue)


def answer(request: Request, build: Build, *, shown: Collection[Side]) -> Response:
    """Return the answer of a CDN in front of the store."""
    path = request.scope["path"]
    if path == "/" and build.prefix != "/":
        return RedirectResponse(build.home)
    key = path.removeprefix(build.prefix) if path.startswith(build.prefix) else None
    if key is None:
        return PlainTextResponse("Not Found", 404)
    if side_of(key) == "private" and "private" not in shown:
        return PlainTextResponse("Forbidden", 403)
    if key not in build.artifacts:
        folder = f"{key}/" if key and not key.endswith("/") else key
        if f"{folder}{HOME_KEY}" not in build.artifacts:
            return _missing(build)
        if folder != key:
            return RedirectResponse(f"{path}/")
        key = f"{folder}{HOME_KEY}"
    return _object(request, build.artifacts[key], build.folder / key)


def _missing(build: Build) -> Response:
    if MISSING_KEY not in build.artifacts:
        return PlainTextResponse("Not Found", 404)
    return HTMLResponse(_with_reload((build.folder / MISSING_KEY).read_bytes()), 404)


def _object(request: Request, artifact: Artifact, path: Path) -> Response:
    headers = {
        "Content-Type": artifact.media_type,
        "Cache-Control": artifact.cache_control,
        # No other site may read or show what is previewed here, unlike what is published.
        "Cross-Origin-Resource-Policy": "same-site",
        "ETag": f'"{artifact.sha256}"',
        "Last-Modified": formatdate(path.stat().st_mtime, usegmt=True),
    }
    page = None
    if artifact.media_type.startswith("text/html"):
        page = _with_reload(path.read_bytes())
        headers["ETag"] = f'"{hashlib.sha256(page).hexdigest()}"'
    if _is_known(request, headers):
        kept = ("ETag", "Cache-Control", "Last-Modified", "Cross-Origin-Resource-Policy")
        return Response(status_code=304, headers={name: headers[name] for name in kept})
    if page is not None:
        return Response(page, headers=headers)
    _leave_ranges_to_get(request)
    return FileResponse(path, headers=headers, filename=artifact.filename, content_disposition_type="inline")


def _with_reload(page: bytes) -> bytes:
    head, end, tail = page.rpartition(b"</body>")
    return head + _RELOAD + end + tail if end else page


def _is_known(request: Request, headers: Mapping[str, str]) -> bool:
    """Tell whether the client has the same already (RFC 9110 section 13.1)."""
    matches = request.headers.get("if-none-match")
    if matches is not None:
        return is_known(headers["ETag"], if_none_match=matches)
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _leave_ranges_to_get(request: Request) -> None:
    """Ignore ranges of other methods, in other units and without sense (RFC 9110 section 14.2)."""
    asked = request.headers.get("range", "")
    if request.method != "GET" or not _RANGES.fullmatch(asked):
        kept: list[Any] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        request.scope["headers"] = kept
