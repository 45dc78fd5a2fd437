"""A preview: the podcast published to a folder and served on this machine as a store behind a CDN would.

HTTP semantics are those of RFC 9110 (https://www.rfc-editor.org/rfc/rfc9110): ranges and their conditions by Starlette,
validators and the rest here.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from podwright.building.lists import HOME_KEY, MISSING_KEY
from podwright.core.artifact import Artifact, Side
from podwright.core.errors import PodwrightError, StoreError
from podwright.core.model import Overrides
from podwright.core.names import PRIVATE
from podwright.core.progress import Progress
from podwright.core.serving import is_known, listen
from podwright.publishing.plan.consequences import ConsequenceKind
from podwright.publishing.proposal import plan
from podwright.publishing.publish import publish
from podwright.publishing.session import Session
from podwright.workspace.load import load_show
from podwright.workspace.scan import WORK_DIR, Scan, scan_workspace
from podwright.workspace.storage import PREVIEW

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from podwright.building.types import Podcast

HOST = "127.0.0.1"
#: How long a stopped server waits for who still listens, in seconds, and how often it looks at the clock, in ms.
GRACE = 1
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
    """What to serve. clock: gives the time as of which each build is made; shown: which objects anybody may read.

    say and complain: told what a person should know, and what is wrong.
    """

    root: Path
    overrides: Overrides
    clock: Callable[[], datetime]
    progress: Progress
    port: int
    shown: frozenset[Side]
    say: Callable[[str], None]
    complain: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One state of the podcast: its objects by key, where their bytes are, and when the clock next changes it.

    scan: the workspace as it was looked at. prefix: the path of the public address, which begins and ends with "/".
    published: the folder that `publish` writes to, if it is one.
    """

    title: str
    scan: Scan
    prefix: str
    folder: Path
    artifacts: Mapping[str, Artifact]
    horizon: datetime | None
    home: str
    published: Path | None


@dataclass(slots=True)
class Stage:
    """What is served now, and who is told when that changes: (event, data) pairs."""

    build: Build
    shown: frozenset[Side]
    listeners: set[asyncio.Queue[tuple[str, str]]] = field(default_factory=set)

    def tell(self, event: str, data: str) -> None:
        for listener in self.listeners:
            listener.put_nowait((event, data))


def build_preview(preview: Preview) -> Build:
    """Publish to the preview's folder, and keep what each object is served with. Raises WorkspaceError."""
    scan = scan_workspace(preview.root)
    own = load_show(scan, preview.overrides)
    prefix = urlsplit(own.storage.public_url).path
    overrides = Overrides(storage=f"file:{PREVIEW}/store", public_url=f"http://{HOST}:{preview.port}{prefix}")
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
        published=own.storage.folder,
        home=prefix if HOME_KEY in artifacts else f"{prefix}{podcast.feeds[0].artifact.key}",
    )


def _artifacts(podcast: Podcast) -> Collection[Artifact]:
    found = [one for episode in podcast.episodes for one in (*episode.artifacts, *episode.pages)]
    found += [one for feed in podcast.feeds for one in (*feed.documents, *feed.images)]
    return [*found, *podcast.lists, *podcast.site.pages, *podcast.site.files]


def serve_preview(preview: Preview) -> None:
    """Serve until interrupted. Raises WorkspaceError where there is nothing to serve, StoreError where it cannot be."""
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import watchfiles  # noqa: F401
    except ImportError as error:
        raise StoreError("serving needs libraries that are not here; pip install 'podwright[serve]'") from error
    with contextlib.closing(listen(HOST, preview.port, options="--port")) as listening:
        preview = replace(preview, port=listening.getsockname()[1])
        stage = Stage(build_preview(preview), preview.shown)
        preview.say(f"Serving {stage.build.title} at http://{HOST}:{preview.port}{stage.build.home} (Ctrl-C ends)")
        # The server has ended in good order before it hands an interrupt on.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(preview, stage, listening))


async def _run(preview: Preview, stage: Stage, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(make_app(stage), log_level="error", timeout_graceful_shutdown=GRACE, lifespan="off")
    server = uvicorn.Server(config)
    watching = asyncio.create_task(watch(preview, stage))
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def watch(preview: Preview, stage: Stage) -> None:
    """Build again whenever a file of the workspace or the clock asks for it, until cancelled."""
    from watchfiles import awatch

    elsewhere = (preview.root / WORK_DIR, preview.root / ".git", stage.build.published)
    ignored = tuple(f"{folder}/" for folder in elsewhere if folder)
    changes = awatch(
        preview.root,
        watch_filter=lambda _, path: not path.startswith(ignored),
        rust_timeout=TICK,
        yield_on_timeout=True,
    )
    begun = False
    async for changed in changes:
        horizon = stage.build.horizon
        # What was edited before the watch began is told by nobody.
        missed = not begun and await asyncio.to_thread(_is_edited, preview, stage.build)
        begun = True
        if changed or missed or (horizon and preview.clock() >= horizon):
            await _rebuild(preview, stage)


def _is_edited(preview: Preview, build: Build) -> bool:
    """Whether the workspace is not what it was when it was built."""
    try:
        return scan_workspace(preview.root) != build.scan
    except PodwrightError:
        return True


async def _rebuild(preview: Preview, stage: Stage) -> None:
    try:
        stage.build = await asyncio.to_thread(build_preview, preview)
    except PodwrightError as error:
        preview.complain(str(error))
        stage.tell("problems", str(error))
    else:
        stage.tell("built", "")


# HTTP


def make_app(stage: Stage) -> Starlette:
    """The application that serves a stage."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def reload_script(_: Request) -> Response:
        from starlette.responses import Response

        return Response(_RELOAD_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def events(_: Request) -> Response:
        from starlette.responses import StreamingResponse

        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_events(stage), media_type="text/event-stream", headers=headers)

    async def object_(request: Request) -> Response:
        return await asyncio.to_thread(answer, request, stage.build, shown=stage.shown)

    return Starlette(
        routes=[
            Route("/-/reload.js", reload_script),
            Route("/-/events", events),
            Route("/{path:path}", object_, methods=["GET", "HEAD"]),
        ]
    )


async def _events(stage: Stage) -> AsyncIterator[str]:
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    import json

    queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    stage.listeners.add(queue)
    try:
        yield "retry: 500\n\n"
        while True:
            event, data = await queue.get()
            yield f"event: {event}\ndata: {json.dumps(data)}\n\n"
    finally:
        stage.listeners.discard(queue)


def answer(request: Request, build: Build, *, shown: Collection[Side]) -> Response:
    """What a CDN in front of the store answers."""
    from starlette.responses import PlainTextResponse, RedirectResponse

    path = request.scope["path"]
    if path == "/" and build.prefix != "/":
        return RedirectResponse(build.home)
    key = path.removeprefix(build.prefix) if path.startswith(build.prefix) else None
    if key is None:
        return PlainTextResponse("Not Found", 404)
    if key.startswith(PRIVATE) and "private" not in shown:
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
    from starlette.responses import HTMLResponse, PlainTextResponse

    if MISSING_KEY not in build.artifacts:
        return PlainTextResponse("Not Found", 404)
    return HTMLResponse(_with_reload((build.folder / MISSING_KEY).read_bytes()), 404)


def _object(request: Request, artifact: Artifact, path: Path) -> Response:
    from starlette.responses import FileResponse, Response

    headers = {
        "Content-Type": artifact.media_type,
        "Cache-Control": artifact.cache_control,
        "Access-Control-Allow-Origin": "*",
        "ETag": f'"{artifact.sha256}"',
        "Last-Modified": formatdate(path.stat().st_mtime, usegmt=True),
    }
    page = None
    if artifact.media_type.startswith("text/html"):
        page = _with_reload(path.read_bytes())
        headers["ETag"] = f'"{hashlib.sha256(page).hexdigest()}"'
    if _is_known(request, headers):
        kept = ("ETag", "Cache-Control", "Last-Modified", "Access-Control-Allow-Origin")
        return Response(status_code=304, headers={name: headers[name] for name in kept})
    if page is not None:
        return Response(page, headers=headers)
    _leave_ranges_to_get(request)
    return FileResponse(path, headers=headers, filename=artifact.filename, content_disposition_type="inline")


def _with_reload(page: bytes) -> bytes:
    head, end, tail = page.rpartition(b"</body>")
    return head + _RELOAD + end + tail if end else page


def _is_known(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether who asks has the same already (RFC 9110 section 13.1)."""
    matches = request.headers.get("if-none-match")
    if matches is not None:
        return is_known(headers["ETag"], if_none_match=matches)
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _leave_ranges_to_get(request: Request) -> None:
    """Ranges of other methods, in other units and without sense are ignored (RFC 9110 section 14.2)."""
    asked = request.headers.get("range", "")
    if request.method != "GET" or not _RANGES.fullmatch(asked):
        kept: list[Any] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        request.scope["headers"] = kept
