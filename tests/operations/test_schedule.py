"""What has a machine publish by the clock: each file as its own reader takes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from podwright.cli import main
from podwright.core.errors import WorkspaceError
from podwright.operations.schedule import KINDS, MINUTES, Schedule, render_schedule, write_schedule

PLAIN = Schedule(program=Path("/usr/bin/podwright"), root=Path("/srv/show"), user="podcast", minutes=10)
HOSTILE = Path("/srv/100% 'my' \"$HOME\" show")


def rendered(kind: str, schedule: Schedule = PLAIN) -> dict[str, str]:
    return render_schedule(schedule, [kind])


def schedule(**fields: Any) -> Schedule:
    return Schedule(**{name: getattr(PLAIN, name) for name in Schedule.__dataclass_fields__} | fields)


def cron_line(found: Schedule) -> str:
    (text,) = rendered("cron", found).values()
    (line,) = [line for line in text.splitlines() if not line.startswith("#")]
    return line


@pytest.mark.parametrize(
    ("minutes", "cron", "timer"), [(1, "* * * * *", "*:0/1"), (10, "*/10 * * * *", "*:0/10"), (60, "0 * * * *", "*:00")]
)
def test_cron_and_systemd_run_at_the_same_minutes(minutes: int, cron: str, timer: str) -> None:
    found = schedule(minutes=minutes)
    assert cron_line(found) == f"{cron} /usr/bin/podwright -C /srv/show rebuild"
    assert f"\nOnCalendar={timer}\n" in rendered("systemd", found)["podwright.timer"]
    assert all(60 % one == 0 for one in MINUTES)


def test_a_path_with_any_character_reaches_the_command_as_it_is(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "100% it's"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o755)
    command = cron_line(schedule(program=program, root=HOSTILE)).split(" ", 5)[5]
    # Cron ends a command at a percent sign without a backslash, and takes the backslash away.
    assert "%" not in command.replace("\\%", "")
    subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], check=True, timeout=30)
    assert told.read_text().splitlines() == ["-C", str(HOSTILE), "rebuild"]


def test_a_unit_writes_to_the_workspace_and_to_a_store_that_is_a_folder_elsewhere() -> None:
    service = rendered("systemd", schedule(root=HOSTILE, folders=(Path("/var/www/podcast"),)))["podwright.service"]
    assert 'ReadWritePaths="-/srv/100%% \'my\' \\"$$HOME\\" show" -/var/www/podcast\n' in service
    inside = rendered("systemd", schedule(folders=(Path("/srv/show/public"),)))["podwright.service"]
    assert "ReadWritePaths=-/srv/show\n" in inside


VENDOR = {
    ".github/workflows/podwright.yml": ["vendor.github-workflows"],
    ".gitlab-ci.yml": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    "compose.yaml": ["vendor.compose-spec"],
}


@pytest.mark.parametrize("name", VENDOR)
def test_ci_and_containers_get_what_their_schema_allows(tmp_path: Path, name: str) -> None:
    files = render_schedule(schedule(root=HOSTILE, folders=(Path("/var/www"),)), KINDS)
    write_schedule(files, tmp_path)
    checker = str(Path(sys.executable).with_name("check-jsonschema"))
    command = [checker, "--builtin-schema", *VENDOR[name], str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    assert yaml.safe_load(files[name])


def test_a_container_sees_the_workspace_and_the_store() -> None:
    text = rendered("container", schedule(root=Path("/srv/it's"), folders=(Path("/var/www"),)))["compose.yaml"]
    service = yaml.safe_load(text)["services"]["podwright"]
    assert service["volumes"] == ["/srv/it's:/show", "/var/www:/var/www"]
    assert service["environment"]["PODWRIGHT_EVERY"] == "600"
    assert service["read_only"] is True


@pytest.mark.parametrize(
    ("due", "slept"),
    [
        pytest.param("", "600", id="nothing is due"),
        pytest.param("+2 hours", "600", id="due later than it looks again"),
        pytest.param("+9 minutes", "5", id="due sooner"),
        pytest.param("-1 hour", "1", id="due a moment ago"),
    ],
)
def test_the_container_sleeps_until_something_is_due(tmp_path: Path, due: str, slept: str) -> None:
    """A podwright that says when, and a sleep that says how long and ends the loop."""
    (tmp_path / "loop").write_text(rendered("container")["podwright-loop"])
    when = f'date -d "{due}" -Is' if due else ":"
    for name, text in {
        "podwright": f'echo "$@" >> {tmp_path}/asked; {when}',
        "sleep": f"echo $1 > {tmp_path}/slept; exit 1",
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PODWRIGHT_WORKSPACE": "/show", "PODWRIGHT_EVERY": "600"}
    done = subprocess.run(["/bin/sh", tmp_path / "loop"], env=environment, capture_output=True, text=True, timeout=30)
    assert done.stderr == ""
    assert (tmp_path / "asked").read_text() == "-C /show rebuild --until-due\n"
    # The clock goes on between the two: a few seconds less are right as well.
    told = (tmp_path / "slept").read_text().strip()
    assert told.startswith(slept) if due == "+9 minutes" else told == slept


def test_a_path_with_a_line_break_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="cannot stand in a line; move it"):
        rendered("cron", schedule(root=Path("/srv/a\nb")))


def invoke(sample: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["-C", str(sample), "schedule", *arguments])


def test_cron_and_systemd_are_printed_where_nothing_else_is_asked_for(sample: Path) -> None:
    done = invoke(sample, "install")
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if line.startswith("# ----")] == [
        "# ---- podwright.crontab",
        "# ---- podwright.service",
        "# ---- podwright.timer",
    ]
    assert invoke(sample).stdout == done.stdout
    (line,) = [line for line in invoke(sample, "--cron", "--every", "60").stdout.splitlines() if line[0] != "#"]
    assert line.startswith("0 * * * * ")
    assert line.endswith(f" -C {sample} rebuild")


def test_files_are_written_once(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    done = invoke(sample, "--systemd", "--write", str(folder), "--json")
    values = json.loads(done.stdout)
    assert values["wrote"] == [str(folder / name) for name in ("podwright.service", "podwright.timer")]
    assert {name: (folder / name).read_text() for name in values["files"]} == values["files"]
    again = invoke(sample, "--systemd", "--write", str(folder))
    assert again.exit_code == 1
    assert "exists already" in again.stderr
