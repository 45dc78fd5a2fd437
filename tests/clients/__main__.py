"""Says what is missing before the tests against real clients can run, and how to install it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.clients import GOPATH, HERE
from tests.clients.postgres import installed

PHP = "apt-get install --no-install-recommends php-cli php-mbstring php-xml libphp-simplepie"
GO = "apt-get install --no-install-recommends golang-go golang-github-mmcdole-gofeed-dev"
PROGRAMS = {
    "node": "apt-get install nodejs",
    "npm": "apt-get install npm",
    "gpo": "apt-get install --no-install-recommends gpodder",
    "apache2": "apt-get install --no-install-recommends apache2-bin",
    "caddy": "apt-get install --no-install-recommends caddy",
    "cron": "apt-get install cron",
    "crontab": "apt-get install cron",
    "exiftool": "apt-get install libimage-exiftool-perl",
    "faketime": "apt-get install faketime",
    "ffprobe": "apt-get install --no-install-recommends ffmpeg",
    "kid3-cli": "apt-get install --no-install-recommends kid3-cli",
    "systemd-analyze": "apt-get install --no-install-recommends systemd",
    "chromium": "apt-get install --no-install-recommends chromium",
    "nginx": "apt-get install --no-install-recommends nginx-light",
    "newsboat": "apt-get install newsboat",
    "podboat": "apt-get install newsboat",
    "php": PHP,
    "go": GO,
}

MODULES = (
    "axe-core",
    "feedsmith",
    "html-validate",
    "music-metadata",
    "node-id3",
    "podcast-partytime",
    "rss-parser",
)
SIMPLEPIE = Path("/usr/share/php/simplepie/autoloader.php")
GOFEED = GOPATH / "src/github.com/mmcdole/gofeed"


def missing() -> list[str]:
    """One line for each thing that is not here."""
    lines = [f"{name} is missing; {how}" for name, how in PROGRAMS.items() if shutil.which(name) is None]
    if installed() is None:
        lines.append("initdb is missing; apt-get install --no-install-recommends postgresql")
    if not SIMPLEPIE.exists():
        lines.append(f"SimplePie is missing; {PHP}")
    if not GOFEED.exists():
        lines.append(f"gofeed is missing; {GO}")
    modules = [name for name in MODULES if not (HERE / "node_modules" / name).is_dir()]
    return [*lines, *(f"{name} is missing; npm install --prefix tests/clients" for name in modules)]


if __name__ == "__main__":
    lines = missing()
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.exit(1 if lines else 0)
