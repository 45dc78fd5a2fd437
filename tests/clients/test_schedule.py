"""What `podwright schedule` prints, run by Debian's cron and judged by systemd itself.

Cron gets a clock of its own, which is quick, and a mount namespace of its own: its spool, its pid file and the system's
tables are empty folders there, which go when it ends.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.model import Overrides
from tests.support.published import Place

pytestmark = pytest.mark.clients

#: So many seconds of cron's clock go by in one. A minute of it must last longer than a rebuild.
SPEED = 10
BEGIN = datetime(2026, 11, 10, 4, 58, 50, tzinfo=UTC)
#: Fires at 4:59, when nothing is due, and at 5:00 and 5:01, when one episode is published and another is withdrawn.
RUNS = 3
AS_ROOT = () if os.geteuid() == 0 else ("sudo", "-n")

CRON = """\
set -e
mount -t tmpfs none /var/spool/cron
mkdir /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
mount -t tmpfs none /etc/cron.d
mount -t tmpfs none /run
mount --bind /dev/null /etc/crontab
crontab {table}
crontab -l > {listed}
TZ=UTC exec timeout 60 faketime -f '@{begin} x{speed}' cron -f
"""
#: In place of podwright: it runs the real one as of the minute for which cron called, and ends cron after so many runs.
WRAPPER = """\
#!/bin/sh
echo run >> {runs}
count=$(wc -l < {runs})
{podwright} "$@" --now "$(date -u -d @$(({begin} / 60 * 60 + count * 60)) -Is)" >> {told} 2>&1
if [ "$count" -ge {count} ]; then kill "$(cat /run/crond.pid)"; fi
"""


def schedule(place: Place, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["-C", str(place.root), "schedule", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def place(sample: Path) -> Place:
    return Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public")


def say(place: Place, slug: str, **fields: str) -> None:
    path = next((place.root / "episodes").rglob(f"{slug}/episode.md"))
    text = path.read_text()
    for name, value in fields.items():
        text = re.sub(rf"^{name}: .*\n", "", text, flags=re.MULTILINE).replace("---\n", f"---\n{name}: {value}\n", 1)
    path.write_text(text)


def test_cron_publishes_an_episode_when_it_is_due_and_withdraws_another(place: Place, tmp_path: Path) -> None:
    coming, going = "a-scale-by-the-door", "gardening-between-shifts"
    say(place, coming, published="2026-11-10T05:00:00Z")
    say(place, going, withdraw="2026-11-10T05:01:00Z", withdraw_policy="delete")
    place.publish(now=BEGIN)
    for recording in (place.root / "episodes").rglob("*.mp3"):
        recording.unlink()
    names = ("table", "listed", "runs", "told", "podwright")
    paths = {name: tmp_path / name for name in names}
    real = Path(sys.executable).with_name("podwright")
    blanks = {"begin": int(BEGIN.timestamp()), "speed": SPEED, "count": RUNS}
    paths["podwright"].write_text(WRAPPER.format(**{**paths, **blanks, "podwright": shlex.quote(str(real))}))
    paths["podwright"].chmod(0o755)
    table = schedule(place, "--cron", "--every", "1")
    program = next(line for line in table.splitlines() if line.endswith(" rebuild")).split()[5]
    paths["table"].write_text(table.replace(program, str(paths["podwright"])))
    script = CRON.format(**{**paths, **blanks, "begin": f"{BEGIN:%Y-%m-%d %H:%M:%S}"})
    began = time.monotonic()
    done = subprocess.run([*AS_ROOT, "unshare", "-m", "sh", "-c", script], capture_output=True, text=True, timeout=90)
    assert time.monotonic() - began < 60, done.stderr
    assert paths["listed"].read_text() == paths["table"].read_text()
    published, withdrawn = paths["told"].read_text().splitlines()
    assert published.endswith("8 episodes live.")
    assert withdrawn.endswith("7 episodes live, 1 withdrawn.")
    feed = place.get(f"{place.base}quick-take.xml").decode()
    assert f"{coming}.mp3" in feed
    assert f"{going}.mp3" not in feed
    assert place.is_public(f"episodes/{coming}/{coming}.mp3")
    assert not place.is_public(f"episodes/{going}/{going}.mp3")
    assert not [path for path in Path("/var/spool/cron/crontabs").glob("*") if "podwright" in path.read_text()]


def test_systemd_finds_nothing_wrong_with_the_units_and_little_that_they_may(place: Place, tmp_path: Path) -> None:
    podwright = str(Path(sys.executable).with_name("podwright"))
    subprocess.run([podwright, "-C", place.root, "schedule", "--systemd", "--write", tmp_path], check=True, timeout=60)
    units = [str(tmp_path / name) for name in ("podwright.service", "podwright.timer")]
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    # Of 10; what is left of it is the network, and files that a web server shall read.
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=25", units[0]]
    exposed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert exposed.returncode == 0, exposed.stdout
