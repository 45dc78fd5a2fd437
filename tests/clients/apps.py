"""Podcast apps without a screen: gPodder's gpo, and newsboat with podboat, each with folders of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import sqlite3
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Nothing but loopback can be reached: whatever an app asks of the outside ends at a closed port.
CLOSED = "http://127.0.0.1:9/"
PATIENCE = 120


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment with a home of its own, no display, and no way out but to loopback."""
    home.mkdir(parents=True, exist_ok=True)
    proxies = {f"{scheme}_proxy": CLOSED for scheme in ("http", "https", "ftp")}
    own = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "PYTHONWARNINGS": "ignore",
    }
    return own | proxies | {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"} | more


@dataclass(frozen=True)
class KnownEpisode:
    """An episode as gPodder keeps it; file is set once it has been downloaded."""

    guid: str
    title: str
    duration: int
    published: int
    url: str
    size: int
    chapters: str | None
    file: Path | None


@dataclass(frozen=True)
class Gpo:
    """gPodder's command line (https://gpodder.github.io/docs/gpo.html)."""

    home: Path

    def run(self, *arguments: str) -> str:
        """One command to its end; what it printed."""
        downloads = self.home / "downloads"
        known = environment(self.home, GPODDER_HOME=str(self.home), GPODDER_DOWNLOAD_DIR=str(downloads))
        done = subprocess.run(
            ["gpo", *arguments], env=known, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return done.stdout

    def episodes(self) -> list[KnownEpisode]:
        """All that it knows of, the oldest first."""
        with sqlite3.connect(self.home / "Database") as database:
            rows = database.execute(
                "SELECT e.guid, e.title, e.total_time, e.published, e.url, e.file_size, e.chapters, p.download_folder, "
                "e.download_filename FROM episode e JOIN podcast p ON p.id = e.podcast_id ORDER BY e.published, e.guid"
            ).fetchall()
        database.close()
        return [
            KnownEpisode(*row[:7], file=self.home / "downloads" / row[7] / row[8] if row[8] else None) for row in rows
        ]

    def tables(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Its one podcast and that podcast's episodes, a column each."""
        with sqlite3.connect(self.home / "Database") as database:
            database.row_factory = sqlite3.Row
            (podcast,) = [dict(row) for row in database.execute("SELECT * FROM podcast")]
            episodes = [dict(row) for row in database.execute("SELECT * FROM episode")]
        database.close()
        return podcast, episodes


@dataclass(frozen=True)
class Newsboat:
    """newsboat, and podboat for its downloads (https://newsboat.org/releases/2.21/docs/newsboat.html)."""

    home: Path

    def subscribe(self, url: str) -> None:
        """Name the one feed that it reads, and let it queue all that is new."""
        environment(self.home)
        (self.home / "urls").write_text(f"{url}\n")
        settings = [
            "podcast-auto-enqueue yes",
            f'download-path "{self.home}/downloads"',
            'download-filename-format "%u"',
            f'error-log "{self.home}/error.log"',
            "max-downloads 2",
        ]
        (self.home / "config").write_text("\n".join(settings) + "\n")

    def reload(self) -> None:
        """Fetch the feed."""
        subprocess.run(
            ["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"],
            cwd=self.home,
            env=environment(self.home),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )

    def items(self) -> list[tuple[str, str, str]]:
        """guid, title and enclosure of all that it knows of."""
        with sqlite3.connect(self.home / "cache.db") as database:
            found = database.execute(
                "SELECT guid, title, enclosure_url FROM rss_item WHERE deleted = 0 ORDER BY guid"
            ).fetchall()
        database.close()
        return found

    def download(self, *, count: int) -> dict[str, bytes]:
        """Download all that is queued until so many files are whole; their content by name.

        podboat wants a terminal, and goes on showing its list until it is told to quit.
        """
        terminal, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        process = subprocess.Popen(
            ["podboat", "-a", "-C", "config"],
            cwd=self.home,
            env=environment(self.home),
            stdin=other,
            stdout=other,
            stderr=other,
        )
        os.close(other)
        try:
            deadline = time.monotonic() + PATIENCE
            while len(self._files()) < count and process.poll() is None and time.monotonic() < deadline:
                _drain(terminal)
            os.write(terminal, b"q")
            while process.poll() is None and time.monotonic() < deadline:
                _drain(terminal)
        finally:
            process.kill()
            process.wait()
            os.close(terminal)
        return {path.name: path.read_bytes() for path in self._files()}

    def _files(self) -> list[Path]:
        """Whole downloads; one under way has another name, and is not in the queue as finished."""
        return [path for path in (self.home / "downloads").rglob("*") if path.is_file() and path.suffix != ".part"]


def _drain(terminal: int) -> None:
    """What the app shows is read, so that it never waits for a reader; at most a fifth of a second passes."""
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if ready:
        with contextlib.suppress(OSError):
            os.read(terminal, 65536)
