"""Runs that nobody watches: what is told of them to a log, a file, a health check, a webhook and a mailbox."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from prometheus_client.parser import text_string_to_metric_families
from standardwebhooks.webhooks import Webhook

from podwright.core.model import Overrides
from podwright.operations import unattended
from podwright.operations.metrics import METRICS, metrics_text
from podwright.operations.notify import Delivery
from podwright.operations.runs import Run
from podwright.operations.unattended import RunMonitor, publish_monitored
from podwright.publishing.events import EVENTS
from podwright.publishing.session import Session
from podwright.workspace.author import write_workspace
from tests.support.mailserver import Mailbox, running_mailserver
from tests.support.published import Quiet
from tests.support.recorder import Recorder, running_recorder
from tests.support.slow import Clock, pace

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
IDENTIFIER = "b1c6d2de-3f2a-4e5c-9b73-0e64f5d8a001"
KEY = base64.b64encode(bytes(range(32))).decode()
SECRETS = {"CHECK": "/check-secret", "HOOK": "/hook-secret", "KEY": KEY}


@dataclass
class Office:
    """A workspace whose runs are watched. lines: the log; told: each notice; complaints: about files."""

    root: Path
    recorder: Recorder
    mailbox: Mailbox
    now: datetime = NOW
    environment: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    told: list[Delivery] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def run(self, *accepted: str, **changes: Any) -> Run:
        monitor = RunMonitor(
            command="rebuild",
            identifier=IDENTIFIER,
            environment=self.environment,
            now=lambda: self.now,
            pace=pace(self.clock),
            attended=False,
            log=self.lines.append,
            delivered=self.told.append,
            complain=self.complaints.append,
            metrics=self.root.parent / "podwright.prom",
            report=self.root.parent / "report.json",
        )
        session = Session(root=self.root, now=self.now, overrides=Overrides(), progress=Quiet())
        run = publish_monitored(session, accepted=accepted, monitor=replace(monitor, **changes))
        self.now += timedelta(minutes=10)
        return run

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.recorder.sent]

    @property
    def metrics(self) -> dict[str, float]:
        text = (self.root.parent / "podwright.prom").read_text()
        return {
            sample.name + "".join(f",{v}" for k, v in sorted(sample.labels.items()) if k != "workspace"): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @property
    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.root.parent / "report.json").read_text())
        return document

    def break_settings(self) -> None:
        settings = self.root / "podwright.toml"
        settings.write_text(settings.read_text().replace('title = "Garden"', 'titel = "Garden"'))

    def remove_episode(self) -> None:
        (path,) = (self.root / "episodes").rglob("episode.md")
        path.rename(path.with_name("draft.txt"))

    def put_back(self) -> None:
        (path,) = (self.root / "episodes").rglob("draft.txt")
        path.rename(path.with_name("episode.md"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    root = tmp_path / "show"
    write_workspace(root, title="Garden", guid="g-1", now=NOW, public_url="https://cdn.example.org/")
    with running_recorder() as recorder, running_mailserver("none", trustme.CA()) as mailbox:
        table = f"""
[unattended]
healthcheck = "$CHECK"
webhook = "$HOOK"
webhook_secret = "$KEY"

[unattended.mail]
to = ["ops@example.org"]
sender = "podwright@example.org"
server = "localhost"
port = {mailbox.port}
security = "none"
"""
        settings = root / "podwright.toml"
        settings.write_text(settings.read_text() + table)
        environment = {
            "CHECK": recorder.url + SECRETS["CHECK"],
            "HOOK": recorder.url + SECRETS["HOOK"],
            "KEY": KEY,
        }
        yield Office(root, recorder, mailbox, environment=environment)


def check_no_secret(office: Office) -> None:
    """Nothing that is kept or shown holds what the environment does."""
    shown = [*office.lines, repr(office.told), *office.complaints]
    kept = [path.read_bytes().decode(errors="replace") for path in office.root.parent.rglob("*") if path.is_file()]
    for text in (*shown, *kept):
        assert not [secret for secret in SECRETS.values() if secret in text]


def test_a_run_is_told_from_its_beginning_to_its_end(office: Office) -> None:
    run = office.run()
    assert (run.result, run.exit_status) == ("published", 0)
    names = [event["event"] for event in office.events]
    assert names[:3] == ["run-started", "pinged", "planned"]
    assert names[-2:] == ["pinged", "finished"]
    swaps = [event["key"] for event in office.events if event["event"] == "swapped"]
    assert swaps == ["garden.xml", "feeds.opml"]
    writes = [event for event in office.events if event["event"] in ("wrote", "swapped")]
    planned = next(event for event in office.events if event["event"] == "planned")
    assert planned["steps"] == {"create": len(writes)}
    assert planned["bytes"] == sum(event["bytes"] for event in writes)
    assert office.events[-1]["result"] == "published"
    assert office.events[-1]["live"] == 1
    assert [(one.path, one.query) for one in office.recorder.sent] == [
        ("/check-secret/start", {"rid": [IDENTIFIER]}),
        ("/check-secret", {"rid": [IDENTIFIER]}),
    ]
    assert "Published to file:public" in office.recorder.sent[1].body.decode()
    assert office.mailbox.letters == []
    check_no_secret(office)


def test_every_event_has_the_fields_that_are_documented_and_no_others(office: Office) -> None:
    office.run()
    office.remove_episode()
    office.run()
    common = ("time", "level", "event", "run", "command")
    for event in office.events:
        assert tuple(event) == common + EVENTS[event["event"]]
        assert event["run"] == IDENTIFIER
        assert datetime.fromisoformat(event["time"]).tzinfo
        assert event["level"] in ("info", "warning", "error")


def test_nothing_to_do_is_one_ping_more_and_no_word_else(office: Office) -> None:
    office.run()
    before = len(office.lines)
    run = office.run()
    assert run.result == "up-to-date"
    assert [event["event"] for event in office.events[before:]][-1] == "finished"
    assert not [event for event in office.events[before:] if event["event"] in ("wrote", "swapped", "deleted")]
    assert office.paths[2:] == ["/check-secret/start", "/check-secret"]
    assert office.mailbox.letters == []
    assert office.metrics["podwright_run_steps,create"] == 0
    assert office.metrics["podwright_episodes,live"] == 1


def test_the_reason_of_a_refusal_is_in_all_that_is_told(office: Office) -> None:
    office.run()
    office.remove_episode()
    run = office.run()
    assert (run.result, run.exit_status) == ("refused", 3)
    reason = "“Welcome” vanishes from the feed garden; to go on: --accept vanished:welcome"
    assert any(reason in event["message"] for event in office.events if event["event"] == "refused")
    assert office.report["result"] == "refused"
    assert reason in office.report["message"]
    assert office.metrics["podwright_run_exit_status"] == 3
    fail = next(one for one in office.recorder.sent if one.path == "/check-secret/fail")
    assert reason in fail.body.decode()
    hook = next(one for one in office.recorder.sent if one.path == "/hook-secret")
    document = json.loads(hook.body)
    assert (document["type"], document["data"]["result"]) == ("run.failed", "refused")
    assert reason in document["data"]["message"]
    (letter,) = office.mailbox.letters
    assert letter["Subject"] == "podwright: show: rebuild refused"
    assert reason in letter.get_content()
    check_no_secret(office)


def test_the_webhook_is_signed(office: Office) -> None:
    office.now = datetime.now(UTC)
    office.break_settings()
    office.run()
    hook = next(one for one in office.recorder.sent if one.path == "/hook-secret")
    assert Webhook(KEY).verify(hook.body, dict(hook.headers))


def test_a_failure_is_told_once_a_day_and_its_end_once(office: Office) -> None:
    office.run()
    office.remove_episode()
    for _ in range(5):
        office.run()
    assert len(office.mailbox.letters) == 1
    office.now += timedelta(days=1)
    office.run()
    assert len(office.mailbox.letters) == 2
    office.put_back()
    for _ in range(3):
        office.run()
    subjects = [letter["Subject"] for letter in office.mailbox.letters]
    assert subjects == ["podwright: show: rebuild refused"] * 2 + ["podwright: show: works again"]
    types = [json.loads(one.body)["type"] for one in office.recorder.sent if one.path == "/hook-secret"]
    assert types == ["run.failed", "run.failed", "run.recovered"]
    # The health check hears of every run, whatever it was told before.
    assert office.paths.count("/check-secret/fail") == 6


def test_another_failure_is_told_at_once(office: Office) -> None:
    office.run()
    office.remove_episode()
    office.run()
    office.break_settings()
    office.run()
    assert [letter["Subject"] for letter in office.mailbox.letters] == [
        "podwright: show: rebuild refused",
        "podwright: show: rebuild failed",
    ]


def test_an_alarm_that_nobody_took_is_raised_again(office: Office) -> None:
    office.break_settings()
    office.recorder.script = [500]
    office.run()
    office.recorder.script = [200]
    office.run()
    office.run()
    hooks = [one for one in office.recorder.sent if one.path == "/hook-secret"]
    # Four attempts that failed, and one that was taken.
    assert len(hooks) == 5


@pytest.mark.parametrize("broken", ["title = ", "[unattended]\nhealthcheck = 5\n"])
def test_whom_the_last_run_told_is_told_where_the_settings_cannot_be_read_any_more(office: Office, broken: str) -> None:
    office.run()
    settings = office.root / "podwright.toml"
    text = settings.read_text()
    settings.write_text(text + broken if broken.startswith("title") else text.partition("[unattended]")[0] + broken)
    run = office.run()
    assert run.result == "failed"
    assert office.paths[-3:].count("/check-secret/fail") == 1
    (letter,) = office.mailbox.letters
    assert "podwright.toml:" in letter.get_content()


def test_a_damaged_memory_is_no_memory(office: Office) -> None:
    office.run()
    for text in ("", "{}", "[]", '{"known": {"digest": "", "row": {}}, "alarm": null}', "\xff"):
        (office.root / ".podwright/unattended.json").write_text(text, encoding="latin-1")
        assert office.run().exit_status == 0


@pytest.mark.parametrize("name", ["unattended.json", "cache.sqlite", "clock", "publishing", "covers"])
def test_a_link_among_the_caches_ends_a_run_that_wrote_nothing_through_it(office: Office, name: str) -> None:
    office.run()
    outside = office.root.parent / "outside"
    outside.write_text("mine")
    work = office.root / ".podwright"
    if (work / name).exists():
        (work / name).rename(office.root / "before")
    (work / name).symlink_to(outside)
    before = outside.stat()
    run = office.run()
    assert run.exit_status == 1
    assert f".podwright/{name}: is a link, or no file or folder; delete it" in run.reason
    assert (outside.read_text(), outside.stat().st_mtime_ns) == ("mine", before.st_mtime_ns)


def test_caches_that_are_a_link_end_a_run_that_wrote_nothing_there(office: Office) -> None:
    outside = office.root.parent / "outside"
    outside.mkdir()
    (office.root / ".podwright").symlink_to(outside)
    assert office.run().exit_status == 1
    assert list(outside.iterdir()) == []


def test_a_memory_without_an_end_is_not_read(office: Office) -> None:
    (office.root / ".podwright").mkdir()
    (office.root / ".podwright/unattended.json").symlink_to("/dev/zero")
    assert office.run().exit_status == 1


def test_settings_are_validated_once_and_remembered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run()
    from podwright.workspace import unattended as reading

    monkeypatch.setattr(reading, "_row", lambda _: pytest.fail("validated again"))
    assert office.run().result == "up-to-date"
    assert office.paths[-1] == "/check-secret"


def test_a_health_check_that_is_down_stops_nothing(office: Office) -> None:
    office.recorder.script = [500]
    run = office.run()
    assert run.exit_status == 0
    assert [(one.subject, one.attempts, one.ok) for one in office.told] == [("start", 1, False), ("success", 4, False)]
    assert office.metrics["podwright_run_notices,healthcheck,failed"] == 2
    assert [event["level"] for event in office.events if event["event"] == "pinged"] == ["warning", "warning"]
    assert office.report["notices"][0]["reason"] == "answers 500; see what is wrong there"
    check_no_secret(office)


def test_unset_variables_are_named(office: Office) -> None:
    office.environment.clear()
    office.break_settings()
    office.run()
    assert {one.reason for one in office.told if not one.ok} == {
        "CHECK is not set here; set it in the environment of the run",
        "KEY is not set here; set it in the environment of the run",
    }
    assert office.recorder.sent == []


def test_nobody_is_told_of_what_somebody_watches(office: Office) -> None:
    office.break_settings()
    assert office.run(attended=True).exit_status == 1
    assert (office.recorder.sent, office.mailbox.letters) == ([], [])
    assert office.events[-1]["event"] == "finished"


def test_a_fault_of_our_own_is_told_and_raised(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret of nobody")

    monkeypatch.setattr(unattended, "publish", stop)
    with pytest.raises(ZeroDivisionError):
        office.run()
    assert office.paths[0] == "/check-secret/start"
    assert sorted(office.paths[1:]) == ["/check-secret/fail", "/hook-secret"]
    assert "stopped by a fault in podwright (ZeroDivisionError)" in office.mailbox.letters[0].get_content()
    assert "secret of nobody" not in office.mailbox.letters[0].get_content()
    assert office.report["error"] == "ZeroDivisionError"


# Files


def test_metrics_keep_what_a_failed_run_cannot_know(office: Office) -> None:
    office.run()
    first = office.metrics
    assert set(METRICS) - {name.partition(",")[0] for name in first} == {"podwright_next_due_timestamp_seconds"}
    office.remove_episode()
    office.run()
    second = office.metrics
    for name in ("podwright_last_success_timestamp_seconds", "podwright_episodes,live", "podwright_episodes,scheduled"):
        assert second[name] == first[name], name
    assert second["podwright_last_run_timestamp_seconds"] > first["podwright_last_run_timestamp_seconds"]
    assert first["podwright_last_success_timestamp_seconds"] == NOW.timestamp()


def test_what_is_due_next_is_in_log_metrics_and_report(office: Office) -> None:
    (path,) = (office.root / "episodes").rglob("episode.md")
    path.write_text(path.read_text().replace("published: ", "published: 2027-01-02T03:04:05+00:00 # "))
    for result in ("published", "up-to-date"):
        assert office.run().result == result
        due = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert office.metrics["podwright_next_due_timestamp_seconds"] == due.timestamp()
        assert office.report["next_due"] == "2027-01-02T03:04:05+00:00"
        assert office.events[-1]["next_due"] == "2027-01-02T03:04:05+00:00"
        assert office.metrics["podwright_episodes,scheduled"] == 1


@pytest.mark.parametrize("before", ["nonsense", 'podwright_episodes{state="live"} x\n', 'other{a="b"} 1\n', "\x00"])
def test_what_is_no_metric_of_ours_is_left_out(office: Office, before: str) -> None:
    office.remove_episode()
    (office.root / "podwright.toml").unlink()
    run = office.run()
    text = metrics_text(run, before=before)
    names = {family.name for family in text_string_to_metric_families(text)}
    assert names <= set(METRICS)
    assert "podwright_episodes" not in names


def test_a_workspace_of_any_name_is_a_label(office: Office) -> None:
    odd = Path('/srv/a "b"\\c\nd')
    text = metrics_text(replace(office.run(), workspace=odd), before="")
    labels = {
        sample.labels["workspace"] for family in text_string_to_metric_families(text) for sample in family.samples
    }
    assert labels == {str(odd)}


def test_metrics_appear_whole_and_for_all_to_read(office: Office) -> None:
    office.run()
    path = office.root.parent / "podwright.prom"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in path.parent.iterdir() if "prom" in one.name] == ["podwright.prom"]


def test_a_file_that_cannot_be_written_stops_nothing(office: Office) -> None:
    nowhere = office.root.parent / "gone" / "x.prom"
    run = office.run(metrics=nowhere, report=nowhere.with_suffix(".json"))
    assert run.exit_status == 0
    assert [text.partition(":")[0] for text in office.complaints] == ["metrics", "report"]
    assert [event["event"] for event in office.events if event["level"] == "warning"] == ["warned", "warned"]


def test_a_report_in_markdown_tells_what_was_done_and_who_was_told(office: Office) -> None:
    office.run(report=office.root.parent / "report.md")
    text = (office.root.parent / "report.md").read_text()
    for wanted in (
        "# podwright rebuild: published",
        "- exit status: 0",
        "      + Welcome: new episode",
        "## Who was told",
        "- healthcheck: told $CHECK of success",
    ):
        assert wanted in text
    office.remove_episode()
    office.run("vanished", report=office.root.parent / "report.md")
    text = (office.root.parent / "report.md").read_text()
    assert "## Accepted consequences\n\n- welcome: “Welcome” vanishes from the feed garden" in text
