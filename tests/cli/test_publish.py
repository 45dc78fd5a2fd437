"""`podwright publish`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from podwright.cli.options import Context
from podwright.cli.output import Silent
from podwright.cli.session import session_of
from podwright.core.artifact import Artifact
from podwright.core.model import Overrides
from podwright.publishing.publish import publish
from podwright.stores import Stored
from podwright.stores.ledger.lease import LEASE_KEY
from podwright.stores.local import LocalStore
from tests.support.commands import NOW, edit, machine, run
from tests.support.recorder import running_recorder


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


#: What is loaded for those who have something to publish, to tell or to read.
_HEAVY = (
    "PIL", "av", "boto3", "email", "feedgen", "jinja2", "msgspec", "pydantic", "smtplib", "urllib3", "yaml",
    "podwright.building.spool", "podwright.building.types", "podwright.media", "podwright.publishing.apply",
    "podwright.publishing.attempt", "podwright.publishing.history", "podwright.publishing.pending_notices",
    "podwright.publishing.plan", "podwright.render", "podwright.stores.ledger.manifest",
    "podwright.stores.ledger.manifest_json", "podwright.workspace.load", "podwright.workspace.schema",
)  # fmt: skip


@pytest.mark.parametrize("command", ["publish", "rebuild"])
def test_a_run_with_nothing_to_do_loads_neither_planning_nor_the_manifests_parser(sample: Path, command: str) -> None:
    def quick() -> bool:
        run(sample, "publish", "--now", NOW)
        now = datetime.fromisoformat(NOW)
        context = Context(root=sample, overrides=Overrides())
        return publish(session_of(context, now, Silent()), accepted=()).plan is None

    # What was copied a moment ago is not believed yet.
    assert any(quick() for _ in range(100))
    arguments = ["-C", str(sample), command, "--now", NOW]
    script = f"import sys; from podwright.cli import main\ntry: main({arguments})\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert sorted({*_HEAVY} & {*done.stdout.splitlines()[-1].split()}) == []


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


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that is not ignored, although these tests may have been started by nohup."""
    former = signal.getsignal(request.param)
    if former is signal.SIG_IGN:
        signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, former)


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
