"""The command line as a whole: help, usage, what a terminal shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from podwright.cli import main
from podwright.cli.output import Bars
from tests.support.commands import NOW, run

COMMANDS = main.list_commands(click.Context(main))


def test_help_lists_every_command_and_the_exit_statuses() -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout
    assert [name for name in COMMANDS if f"\n  {name}" not in text] == []
    assert "Exit status: 0 done; 1 problems" in text


def test_help_says_of_every_command_what_it_does_in_a_whole_line() -> None:
    listed = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:")[2]
    assert [line for line in listed.splitlines() if line.endswith("...")] == []


def test_the_help_that_is_read_from_files_is_that_of_the_commands() -> None:
    context = click.Context(main)
    listed = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:")[2]
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert f"  {name:<8}  {command.get_short_help_str(200)}\n" in listed


def test_help_imports_no_command() -> None:
    script = "import sys; from podwright.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert [name for name in loaded if name.startswith("podwright.cli.commands.")] == []


def test_no_commands_help_loads_the_libraries_of_servers_databases_and_stores() -> None:
    script = """
import sys, click
from podwright.cli import main
for name in main.list_commands(click.Context(main)):
    main.get_command(click.Context(main), name)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"podwright", "sqlalchemy", "starlette", "uvicorn", "boto3", "av"} == {"podwright"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Options:" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--now", "nonsense"),
        ("plan", "--now", "2026-01-01"),
        ("plan", "--now", "0001-01-01T00:00:00+14:00"),
        ("prune", "--grace", "99999999999"),
        ("nothing",),
        ("publish", "--accept"),
        ("publish", "--metrics", "metrics.txt"),
        ("publish", "--metrics", "MISSING/podwright.prom"),
        ("rebuild", "--report", "report.html"),
        ("rebuild", "--log", "MISSING/log"),
        ("check", "--audience", "nobody"),
        ("schema", "x"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "-1"),
        ("gateway", "--url", "https://members.example.org/", "--port", "99999"),
        ("doctor", "--policy", "everybody"),
    ],
)
def test_wrong_usage_ends_with_2(sample: Path, arguments: tuple[str, ...]) -> None:
    missing = str(sample / "missing")
    assert run(sample, *(argument.replace("MISSING", missing) for argument in arguments)).exit_code == 2


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_what_a_terminal_cannot_show_is_escaped(sample: Path, encoding: str) -> None:
    page = sample / "episodes/gardening-between-shifts/episode.md"
    page.write_text(re.sub("(?m)^title: .*", "title: Łódź 😀", page.read_text(), count=1))
    runner = CliRunner(charset=encoding)
    shown = runner.invoke(main, ["-C", str(sample), "status"])
    told = runner.invoke(main, ["-C", str(sample), "status", "--json"])
    assert (shown.exit_code, told.exit_code) == (0, 0)
    assert ("Łódź 😀" if encoding == "utf-8" else "\\u0141ód\\u017a \\U0001f600") in shown.stdout
    assert "Łódź 😀" in [one["title"] for one in json.loads(told.stdout)["episodes"]]


def test_the_environment_stands_above_the_workspace(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    result = run(sample, "publish", "--now", NOW, PODWRIGHT_STORAGE=f"file:{other}")
    assert result.exit_code == 0
    assert (other / "quick-take.xml").exists()
    assert not (sample / "public").exists()


def test_the_installed_command_runs_as_a_program(sample: Path) -> None:
    command = [str(Path(sys.executable).with_name("podwright")), "-C", str(sample), "plan", "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PODWRIGHT_"))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0
    assert json.loads(done.stdout)["writes"] is True
    # The longest notes of the sample have no room for all parts.
    assert all(line.startswith("advice: ") for line in done.stderr.splitlines())


def test_a_folder_that_is_gone_is_wrong_usage(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = [str(Path(sys.executable).with_name("podwright")), "status"]
    script = f'cd "{gone}" && rmdir "{gone}" && exec "$@"'
    done = subprocess.run(["sh", "-c", script, "sh", *command], capture_output=True, text=True, timeout=120)
    assert (done.returncode, "this folder is gone" in done.stderr) == (2, True)


def test_bars_show_a_stretch_of_work_inside_another(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.begin("reading", 10)
    bars.begin("fetching", 20)
    bars.advance(20)
    bars.end()
    bars.begin("nothing", 0)
    bars.advance(1)
    bars.end()
    bars.advance(10)
    bars.end()
    shown = capsys.readouterr().err
    assert [word for word in ("reading", "fetching", "nothing") if word in shown] == ["reading", "fetching"]
