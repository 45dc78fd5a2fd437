"""The command line as producers, cron and machines use it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from podwright.cli import main
from podwright.cli.commands import check
from podwright.cli.options import Context
from podwright.cli.output import Bars, Silent
from podwright.cli.session import session_of
from podwright.core.artifact import Artifact
from podwright.core.model import Overrides
from podwright.inspection.rules import Audience
from podwright.stores import Stored
from podwright.stores.ledger.lease import LEASE_KEY
from podwright.stores.local import LocalStore
from tests.support.recorder import running_recorder
from tests.support.seaweed import REGION, Seaweed

NOW = "2026-11-01T12:00:00+00:00"
COMMANDS = main.list_commands(click.Context(main))


def run(root: Path, *arguments: str, **environment: str) -> Result:
    result = CliRunner().invoke(main, ["-C", str(root), *arguments], env=environment or None)
    assert not isinstance(result.exception, Exception), result.exception
    return result


def machine(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


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


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Options:" in result.stdout


def test_a_new_workspace_publishes_at_once(tmp_path: Path) -> None:
    root = tmp_path / "show"
    made = CliRunner().invoke(main, ["init", str(root), "--title", "Garden Hours"])
    assert made.exit_code == 0
    assert "wrote podwright.toml" in made.stdout
    first = run(root, "publish")
    assert first.exit_code == 0
    assert re.match(r"Published to file:public: \d+ objects written", first.stdout)
    assert (root / "public" / "garden-hours.xml").exists()
    assert run(root, "publish").stdout == "file:public is up to date: 1 episode live.\n"


def test_init_changes_nothing_where_a_workspace_is(sample: Path) -> None:
    before = (sample / "podwright.toml").read_bytes()
    result = CliRunner().invoke(main, ["init", str(sample), "--title", "Other"])
    assert result.exit_code == 1
    assert "podwright.toml" in result.stderr
    assert (sample / "podwright.toml").read_bytes() == before


def test_a_new_episode_wants_its_audio(sample: Path) -> None:
    made = run(sample, "new", "Grüße aus dem Garten", "--season", "home-monitoring")
    assert made.exit_code == 0
    assert "wrote episodes/home-monitoring/grusse-aus-dem-garten/episode.md" in made.stdout
    refused = run(sample, "publish")
    assert refused.exit_code == 1
    assert "grusse-aus-dem-garten/episode.md: no audio here" in refused.stderr
    assert not (sample / "public").exists()


def test_check_is_content_with_the_sample_show(sample: Path) -> None:
    result = run(sample, "check", "--now", NOW)
    assert result.exit_code == 0
    assert re.search(r"\n8 episodes, 3 feeds: no errors, no warnings, \d+ advice\.\n$", result.stdout)
    document = machine(run(sample, "check", "--json", "--now", NOW))
    assert (document["episodes"], document["feeds"], document["errors"], document["warnings"]) == (8, 3, 0, 0)
    assert {problem["level"] for problem in document["problems"]} == {"advice"}


def test_check_and_init_agree(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["init", str(tmp_path / "show"), "--title", "Garden Hours"])
    result = run(tmp_path / "show", "check")
    assert result.exit_code == 0
    assert "1 episode, 1 feed: no errors, no warnings" in result.stdout


def test_check_names_every_problem_of_every_file(sample: Path) -> None:
    edit(sample / "podwright.toml", "Medicine", "Medcine")
    edit(sample / "feeds/cardiology.toml", "[select]", "[select]\naccces = ['free']")
    edit(sample / "episodes/gardening-between-shifts/episode.md", "published:", "publised:")
    (sample / "episodes/home-monitoring/a-scale-by-the-door/transcript.vtt").write_text(
        "WEBVTT\n\n00:05.000 --> x\nhi\n"
    )
    result = run(sample, "check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    for wanted in (
        "error: podwright.toml:",
        "error: feeds/cardiology.toml:",
        "episode.md:4: unknown key 'publised'; did you mean 'published'?",
        "transcript.vtt:3:",
    ):
        assert [line for line in lines if wanted in line], wanted
    assert lines[-1].startswith("8 episodes, 0 feeds: ")
    document = machine(run(sample, "check", "--json"))
    assert {problem["path"] for problem in document["problems"]} >= {"podwright.toml", "feeds/cardiology.toml"}
    assert all(problem["level"] == "error" and problem["message"] for problem in document["problems"])
    assert document["errors"] == len(document["problems"])


def test_check_judges_for_one_audience_and_names_its_rules(sample: Path) -> None:
    edit(sample / "episodes/gardening-between-shifts/episode.md", "title: ", "title: '#7 Gardening' #")
    for audience, said in (("APPLE", True), ("spotify", False)):
        result = run(sample, "check", "--now", NOW, "--audience", audience)
        assert result.exit_code == 0
        assert ("leave it out and set number [title-number]" in result.stdout) is said
    both = machine(run(sample, "check", "--now", NOW, "--audience", "Spotify", "--audience", "apple", "--json"))
    assert "title-number" in {problem["rule"] for problem in both["problems"]}


def test_check_prints_its_rules_wherever_it_is_asked(tmp_path: Path) -> None:
    table = run(tmp_path, "check", "--rules").stdout
    assert "| `enclosure-length` | error | " in table
    assert "| `spotify-limit` |" in table
    few = run(tmp_path, "check", "--rules", "--audience", "accessibility").stdout
    assert "| `transcript-speakers` |" in few
    assert "| `spotify-limit` |" not in few
    rules = machine(run(tmp_path, "check", "--rules", "--json"))["rules"]
    assert {rule["level"] for rule in rules} == {"error", "warning", "advice"}
    assert len(rules) == len({rule["rule"] for rule in rules})


def test_the_audiences_of_the_command_line_are_those_of_the_rules() -> None:
    (option,) = [one for one in check.check.params if one.name == "audiences"]
    assert list(option.type.choices) == list(Audience)


def test_plan_shows_and_writes_nothing(sample: Path) -> None:
    result = run(sample, "plan", "--now", NOW)
    assert result.exit_code == 0
    assert "create   episodes/mind-the-rug/mind-the-rug.mp3" in result.stdout
    assert "+ Falls: mind the rug: new episode" in result.stdout
    assert not (sample / "public").exists()
    document = machine(run(sample, "plan", "--now", NOW, "--json"))
    assert {step["kind"] for step in document["steps"]} == {"create"}
    assert document["consequences"] == []


def test_an_unsafe_plan_ends_with_3_until_it_is_accepted(sample: Path) -> None:
    assert run(sample, "publish", "--now", NOW).exit_code == 0
    path = sample / "episodes/gardening-between-shifts/episode.md"
    path.rename(path.with_name("draft.txt"))
    refused = run(sample, "publish", "--now", NOW)
    assert refused.exit_code == 3
    assert "vanishes from" in refused.stderr
    assert "--accept vanished:gardening-between-shifts" in refused.stderr
    assert machine(run(sample, "rebuild", "--now", NOW, "--json"))["error"] == "UnsafePlan"
    assert run(sample, "publish", "--now", NOW, "--accept", "vanished:gardening-between-shifts").exit_code == 0


def test_rebuild_says_nothing_where_nothing_changed_and_one_line_where_something_did(sample: Path) -> None:
    first = run(sample, "rebuild", "--now", NOW)
    assert first.stdout.startswith("Published to file:public")
    assert first.stderr == ""
    quiet = run(sample, "rebuild", "--now", NOW)
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "")
    due = run(sample, "rebuild", "--now", "2099-02-01T00:00:00+00:00")
    assert due.stdout.count("\n") == 1
    assert "8 episodes live" in due.stdout
    assert machine(run(sample, "rebuild", "--now", "2099-02-01T00:00:00+00:00", "--json"))["writes"] is False


def test_a_run_is_logged_measured_and_reported_where_it_is_asked(sample: Path, tmp_path: Path) -> None:
    files = {
        "PODWRIGHT_LOG": str(tmp_path / "log.jsonl"),
        "PODWRIGHT_METRICS": str(tmp_path / "podwright.prom"),
        "PODWRIGHT_REPORT": str(tmp_path / "report.md"),
    }
    first = run(sample, "rebuild", "--now", NOW, **files)
    assert first.stdout.startswith("Published to file:public")
    assert run(sample, "publish", "--now", NOW, **files).exit_code == 0
    events = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert len({event["run"] for event in events}) == 2
    ends = [(event["command"], event["result"]) for event in events if event["event"] == "finished"]
    assert ends == [("rebuild", "published"), ("publish", "up-to-date")]
    assert 'podwright_episodes{workspace="' in (tmp_path / "podwright.prom").read_text()
    assert (tmp_path / "report.md").read_text().startswith("# podwright publish: up to date")


def test_a_log_on_stderr_is_alone_there(sample: Path) -> None:
    path = sample / "episodes/gardening-between-shifts/episode.md"
    assert run(sample, "publish", "--now", NOW).exit_code == 0
    path.rename(path.with_name("draft.txt"))
    refused = run(sample, "rebuild", "--now", NOW, "--log", "-")
    assert refused.exit_code == 3
    assert refused.stdout == ""
    events = [json.loads(line) for line in refused.stderr.splitlines()]
    assert [event["event"] for event in events] == ["run-started", "planned", "refused", "finished"]
    assert "--accept vanished:gardening-between-shifts" in events[2]["message"]


def test_who_is_told_of_failures_is_warned_of_when_that_is_not_possible(sample: Path) -> None:
    with (sample / "podwright.toml").open("a") as file:
        file.write('\n[unattended]\nhealthcheck = "$NOBODY_S_CHECK"\n')
    result = run(sample, "rebuild", "--now", NOW)
    assert result.exit_code == 0
    wanted = (
        "warning: healthcheck: $NOBODY_S_CHECK: NOBODY_S_CHECK is not set here; set it in the environment of the run"
    )
    assert result.stderr.splitlines() == [wanted, wanted]
    assert [one["ok"] for one in machine(run(sample, "rebuild", "--now", NOW, "--json"))["notices"]] == [False, False]


def test_who_hears_of_new_feeds_is_told_at_a_publish_and_only_trouble_at_a_rebuild(sample: Path) -> None:
    with running_recorder() as hub:
        path = sample / "feeds/cardiology.toml"
        path.write_text(f'hub = "{hub.url}/hub"\n{path.read_text()}')
        published = run(sample, "publish", "--now", NOW)
        assert f"websub: told {hub.url}/hub of cardiology\n" in published.stderr
        edit(path, "The cardiology episodes", "All cardiology episodes")
        assert run(sample, "rebuild", "--now", NOW).stderr == ""
        assert len(hub.sent) == 2
        hub.script = [404]
        edit(path, "All cardiology episodes", "Cardiology episodes")
        result = run(sample, "rebuild", "--now", NOW)
        assert result.exit_code == 0
        wanted = f"warning: websub: {hub.url}/hub: is not there (404); correct the address\n"
        assert result.stderr == wanted
        edit(path, "Cardiology episodes of", "More cardiology episodes of")
        (notice,) = machine(run(sample, "publish", "--now", NOW, "--json"))["notices"]
        assert (notice["kind"], notice["subject"], notice["ok"]) == ("websub", "cardiology", False)


def test_status_tells_what_is_live_due_scheduled_and_changed(sample: Path) -> None:
    rows = {row["slug"]: row for row in machine(run(sample, "status", "--now", NOW, "--json"))["episodes"]}
    assert rows["mind-the-rug"]["state"] == "due"
    assert rows["a-scale-by-the-door"]["state"] == "scheduled"
    run(sample, "publish", "--now", NOW)
    edit(sample / "episodes/gardening-between-shifts/episode.md", "title:", "subtitle: On beans\ntitle:")
    result = run(sample, "status", "--now", NOW)
    assert "2026-09-20  live, changed  free     Gardening between shifts" in result.stdout
    assert "Next change by the clock: 2028-05-03T23:59:59-04:00" in result.stdout


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
        ("publish", "--metrics", "/nowhere/podwright.prom"),
        ("rebuild", "--report", "report.html"),
        ("rebuild", "--log", "/nowhere/log"),
        ("check", "--audience", "nobody"),
        ("schema", "x"),
    ],
)
def test_wrong_usage_ends_with_2(sample: Path, arguments: tuple[str, ...]) -> None:
    assert run(sample, *arguments).exit_code == 2


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


def test_a_store_that_cannot_be_reached_ends_with_4_and_no_secret_is_told(sample: Path) -> None:
    where = {"PODWRIGHT_STORAGE": "s3://bucket/show", "PODWRIGHT_ENDPOINT_URL": "http://127.0.0.1:9"}
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIDNOBODY",
        "AWS_SECRET_ACCESS_KEY": "seCret-of-nobody",
        "PODWRIGHT_REGION": "us-east-1",
    }
    result = run(sample, "publish", "--json", **where, **keys)
    assert result.exit_code == 4
    assert machine(result)["error"] == "Store"
    assert "cannot be reached" in result.stderr
    assert "seCret" not in result.output
    assert "AKIDNOBODY" not in result.output


def test_the_doctor_sees_what_was_published_reach_everybody_and_sets_what_is_missing(
    sample: Path, bucket: str, seaweed: Seaweed
) -> None:
    where = {
        "PODWRIGHT_STORAGE": f"s3://{bucket}",
        "PODWRIGHT_PUBLIC_URL": f"{seaweed.endpoint_url}/{bucket}/",
        "PODWRIGHT_ENDPOINT_URL": seaweed.endpoint_url,
        "PODWRIGHT_REGION": REGION,
    }
    assert run(sample, "publish", "--now", NOW, **where).exit_code == 0
    fixed = run(sample, "doctor", "--fix", **where)
    assert fixed.exit_code == 0
    assert fixed.stdout.startswith("fixed ")
    assert re.search(r"\d+ of \d+ checks are fine\.$", fixed.stdout.strip())
    again = machine(run(sample, "doctor", "--fix", "--json", **where))
    assert again["fixed"] == []
    assert [one for one in again["findings"] if one["level"] in ("error", "warning")] == []


def test_the_doctor_ends_with_4_where_nobody_can_hear_the_show(sample: Path) -> None:
    where = {"PODWRIGHT_PUBLIC_URL": "http://127.0.0.1:9/"}
    assert run(sample, "publish", "--now", NOW, **where).exit_code == 0
    result = run(sample, "doctor", **where)
    assert result.exit_code == 4
    assert "error: public_url: http://127.0.0.1:9/: " in result.stdout


def test_the_environment_stands_above_the_workspace(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    result = run(sample, "publish", "--now", NOW, PODWRIGHT_STORAGE=f"file:{other}")
    assert result.exit_code == 0
    assert (other / "quick-take.xml").exists()
    assert not (sample / "public").exists()


@pytest.mark.parametrize("kind", ["show", "feed", "season", "episode"])
def test_schemas_are_json_schemas(kind: str) -> None:
    document = json.loads(CliRunner().invoke(main, ["schema", kind]).stdout)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["properties"]


def test_notes_drafts_key_points_and_writes_them_where_asked(sample: Path) -> None:
    path = sample / "episodes/home-monitoring/reading-a-home-log/episode.md"
    before = path.read_text()
    drafted = run(sample, "notes", "reading-a-home-log")
    points = [line.removeprefix("- ") for line in drafted.stdout.splitlines()]
    assert len(points) == 4
    assert path.read_text() == before
    assert run(sample, "notes", "reading-a-home-log", "--write").exit_code == 0
    assert all(point in path.read_text() for point in points)
    assert run(sample, "check").exit_code == 0
    assert run(sample, "notes", "nobody").exit_code == 1
    assert "no transcript" in run(sample, "notes", "gardening-between-shifts").stderr


def test_the_installed_command_runs_as_a_program(sample: Path) -> None:
    command = [str(Path(sys.executable).with_name("podwright")), "-C", str(sample), "plan", "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PODWRIGHT_"))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0
    assert json.loads(done.stdout)["writes"] is True
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("redirected", "options", "status", "told"),
    [
        (">&- 2>&-", (), 0, ""),
        (">&-", ("--json",), 0, ""),
        ("2>/dev/full", (), 0, ""),
        (">/dev/full", (), 1, "stdout: cannot be written (No space left on device); what was done is done"),
        (">/dev/full", ("--json",), 1, "stdout: cannot be written (No space left on device); what was done is done"),
        ("", ("--log", "/dev/full"), 0, "warning: log: cannot be written (No space left on device); make room"),
    ],
)
def test_who_cannot_be_told_stops_no_publish(
    sample: Path, redirected: str, options: tuple[str, ...], status: int, told: str
) -> None:
    command = [str(Path(sys.executable).with_name("podwright")), "-C", str(sample), "publish", *options]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *command],
        capture_output=True,
        text=True,
        timeout=120,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PODWRIGHT_"))},
    )
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert told in done.stderr
    assert run(sample, "publish").stdout.startswith("file:public is up to date")


@pytest.mark.parametrize(("given", "patience"), [(None, 120), (timedelta(seconds=5), 5), (timedelta(hours=1), 120)])
def test_waiting_for_others_is_part_of_the_time_that_is_given(
    tmp_path: Path, given: timedelta | None, patience: float
) -> None:
    session = session_of(Context(tmp_path, Overrides()), datetime.fromisoformat(NOW), Silent(), deadline=given)
    assert session.publisher.patience == patience


def test_a_folder_that_is_gone_is_wrong_usage(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = [str(Path(sys.executable).with_name("podwright")), "status"]
    script = f'cd "{gone}" && rmdir "{gone}" && exec "$@"'
    done = subprocess.run(["sh", "-c", script, "sh", *command], capture_output=True, text=True, timeout=120)
    assert (done.returncode, "this folder is gone" in done.stderr) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_stops_a_publish_waits_for_no_upload_and_nobody_waits_for_its_lease(
    sample: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    put, handler, begun = LocalStore.put, signal.getsignal(number), threading.Event()

    def endless(store: LocalStore, artifact: Artifact, *, progress: Callable[[int], None]) -> Stored:
        if begun.is_set():
            return put(store, artifact, progress=progress)
        begun.set()
        os.kill(os.getpid(), number)
        for _ in range(100_000_000):
            progress(0)
        raise AssertionError("nobody gave it up")

    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "put", endless)
        stopped = run(sample, "publish")
    assert (stopped.exit_code, stopped.stdout) == (128 + number, "")
    assert signal.getsignal(number) is handler
    assert json.loads((sample / "public" / LEASE_KEY).read_bytes())["holder"] is None
    again = run(sample, "publish")
    assert (again.exit_code, "waiting for" in again.stderr) == (0, False)


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
