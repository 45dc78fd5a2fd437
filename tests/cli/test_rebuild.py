"""`podwright rebuild`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.commands import NOW, machine, run
from tests.support.git import git


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


@pytest.mark.parametrize("now", [NOW, "2000-01-01T00:00:00+00:00"], ids=["published", "still to come"])
def test_a_checkout_that_was_not_pulled_takes_no_correction_back(sample: Path, tmp_path: Path, now: str) -> None:
    words = ("--storage", f"file:{tmp_path / 'store'}")
    stale = tmp_path / "cron"
    assert run(sample, *words, "publish", "--now", now).exit_code == 0
    shutil.copytree(sample, stale)
    path = "episodes/gardening-between-shifts/episode.md"
    (sample / path).write_text((sample / path).read_text() + "\nA dose that was corrected.\n")
    assert run(sample, *words, "publish", "--now", now).exit_code == 0
    shown = run(stale, *words, "plan", "--now", NOW)
    what = "gardening-between-shifts: this takes back what a later publish replaced"
    assert f"needs your approval: {what}" in shown.stdout
    assert "taken-back" in {
        one["kind"] for one in machine(run(stale, *words, "plan", "--now", NOW, "--json"))["consequences"]
    }
    refused = run(stale, *words, "rebuild", "--now", NOW)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert what in refused.stderr
    (stale / path).write_text((sample / path).read_text())
    assert run(stale, *words, "rebuild", "--now", NOW).exit_code == 0
    assert run(sample, *words, "rebuild", "--now", NOW).stdout == ""


def test_a_publish_from_an_older_commit_says_so_where_no_git_is_installed(sample: Path, tmp_path: Path) -> None:
    git(sample, "init", "-q", "-b", "main")
    (sample / ".gitignore").write_text(".podwright\npublic\n")
    for number in range(3):
        (sample / "README").write_text(f"{number}")
        git(sample, "add", "-A")
        git(sample, "commit", "-q", "--no-gpg-sign", "-m", "Say more")
    bare = {"PATH": str(tmp_path)}
    assert run(sample, "publish", "--now", NOW, **bare).exit_code == 0
    git(sample, "checkout", "-q", "HEAD~2")
    assert run(sample, "rebuild", "--now", NOW, **bare).stdout == "", "nothing is to be written"
    refused = run(sample, "rebuild", "--now", "2099-02-01T00:00:00+00:00", **bare)
    assert refused.exit_code == 3
    older, last = (git(sample, "rev-parse", "--short=12", name) for name in ("HEAD", "main"))
    assert f"this checkout is at commit {older}, and the later {last} was published; pull first" in refused.stderr
    git(sample, "checkout", "-q", "main")
    assert run(sample, "rebuild", "--now", "2099-02-01T00:00:00+00:00", **bare).exit_code == 0
