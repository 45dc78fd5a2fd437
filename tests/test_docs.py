"""The documents are true: every command in them runs as printed, every name in them exists."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import typing
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import click
import pytest
import yaml

from podwright.cli import main
from podwright.core.errors import UnsafePlanError
from podwright.operations.metrics import METRICS
from podwright.operations.runs import Run, alarm_values
from podwright.publishing.events import EVENTS
from podwright.publishing.plan.consequences import ConsequenceKind

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
PACKAGE = ROOT / "pipeline" / "podwright"
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_run_in_the_readme_prints_what_it_says(tmp_path: Path) -> None:
    (session,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    runs = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
    assert len(runs) == 3
    for run in runs:
        command, _, expected = run.partition("\n")
        done = subprocess.run(
            shlex.split(command), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        # Another version of Pillow makes a cover of another size.
        pattern = re.sub(r"[\d.]+ kB", "*kB", expected.replace("[", "[[]")).replace("…\n", "*")
        assert fnmatchcase(done.stdout, pattern), done.stdout


def test_the_readme_lists_every_command_and_no_other() -> None:
    listed = re.findall(r"^\| `podwright (\w+)", README, re.MULTILINE)
    assert sorted(listed) == main.list_commands(click.Context(main))


def test_every_consequence_is_explained() -> None:
    text = (ROOT / "docs/publishing.md").read_text()
    table = text[text.index("## Consequences") : text.index("## Cron")]
    explained = set(re.findall(r"`([a-z-]+)`", table)) - {"publish"}
    assert explained == set(typing.get_args(ConsequenceKind))


def test_every_event_and_every_metric_is_explained() -> None:
    text = (ROOT / "docs/unattended.md").read_text()
    log = text[text.index("## Log") : text.index("## Metrics")]
    explained = {
        event: tuple(re.findall(r"`([a-z_]+)`", re.sub(r"\(.*?\)", "", fields)))
        for event, fields in re.findall(r"^\| `([a-z-]+)` \|.*\| (.*) \|$", log, re.MULTILINE)
    }
    assert explained == dict(EVENTS)
    metrics = text[text.index("## Metrics") : text.index("## Who is told")]
    assert re.findall(r"^\| `(\w+)` \|", metrics, re.MULTILINE) == list(METRICS)


def test_the_webhook_gets_what_the_document_shows() -> None:
    text = (ROOT / "docs/unattended.md").read_text()
    shown = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    began = datetime(2026, 11, 1, 12, tzinfo=UTC)
    message = shown["data"]["message"]
    run = Run(
        identifier=shown["data"]["run"],
        command="rebuild",
        workspace=Path("/srv/show"),
        began=began,
        seconds=1,
        error=UnsafePlanError(message),
    )
    sent = alarm_values(run, at=began)
    assert message in sent["data"].pop("text")
    del shown["data"]["text"]
    assert sent == shown


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_between_documents_leads_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text())
    assert [link for link in links if not (here / link).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(name: str) -> None:
    named = re.findall(r"`(?:pytest )?(tests/[\w/.]+)", (ROOT / name).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_architecture_has_every_room_in_the_order_of_the_import_layers() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    layers = settings["importlinter:contract:rooms"]["layers"].split()
    rooms = re.findall(r"^- \*\*`(\w+)/`\*\*", _section("Rooms"), re.MULTILINE)
    assert [f"podwright.{room}" for room in rooms] == layers
    assert sorted(rooms) == sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


def test_the_picture_of_the_rooms_draws_none_above_what_imports_it() -> None:
    rooms = re.findall(r"^- \*\*`(\w+)/`\*\*", _section("Rooms"), re.MULTILINE)
    picture = re.findall(r"^        (\w+(?:  +\w+)?)(?:  |$)", _section("Rooms"), re.MULTILINE)
    drawn = [room for line in picture for room in line.split() if room in rooms]
    assert drawn == rooms


def test_every_file_that_the_architecture_names_is_there() -> None:
    named = re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9]*(?:\.\w+)?)`", ARCHITECTURE)
    assert [path for path in named if not (PACKAGE / path).exists() and not (ROOT / path).exists()] == []
    folders = re.findall(r"`((?:[a-z_0-9]+/)+)[A-Z]+\.\w+`", ARCHITECTURE)
    assert folders
    assert [path for path in folders if not (PACKAGE / path).is_dir()] == []


#: As many files as an addition may take, besides tests and documents.
MOST_FILES = {
    "tag of the podcast namespace": 4,
    "field of episodes": 5,
    "published audio format": 3,
    "store": 3,
    "kind of page": 4,
    "command": 2,
}


def test_an_addition_takes_the_files_that_the_architecture_names_and_no_more_than_it_may() -> None:
    additions = re.findall(
        r"\*\*an? ([^*]+)\*\* \((\d)[^)]*\): ([^*]+?)(?=Tests:|\n- |\Z|Its row in README)", _section("To add")
    )
    assert len(additions) > 9
    for name, count, text in additions:
        files = re.findall(r"`[\w/]+(?:\.\w+|/)`", text)
        most = next((most for start, most in MOST_FILES.items() if name.startswith(start) or start in name), 4)
        assert (len(files), int(count) <= most) == (int(count), True), name


def test_the_architecture_says_which_room_alone_imports_a_library() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    names = [
        settings[section]["name"] for section in settings.sections() if section.startswith("importlinter:contract:")
    ]
    only = [name for name in names if name.startswith("Only ")]
    assert only
    assert [name for name in only if name not in " ".join(ARCHITECTURE.split())] == []


def _section(title: str) -> str:
    """A section of the architecture, without its heading."""
    return ARCHITECTURE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_architecture_fits_on_a_few_screens() -> None:
    assert len(ARCHITECTURE.splitlines()) < 150


def test_every_dependency_earns_its_place_in_the_architecture() -> None:
    text = (ROOT / "setup.cfg").read_text()
    block = text[text.index("install_requires =") : text.index("[options.packages.find]")]
    names = re.findall(r"^    ([A-Za-z][\w-]*)", block, re.MULTILINE)
    table = ARCHITECTURE[ARCHITECTURE.index("## Dependencies") : ARCHITECTURE.index("## To add")]
    spelled = {"av": "PyAV"}
    assert [name for name in names if spelled.get(name, name) not in table] == []


def test_the_workspace_document_shows_front_matter_that_is_yaml() -> None:
    text = (ROOT / "docs/workspace.md").read_text()
    for matter in re.findall(r"```markdown\n---\n(.*?)\n---", text, re.DOTALL):
        plain = matter.replace("[…]", "[]").replace("{name: …, email: …}", "{}")
        assert yaml.safe_load(plain)["title"] == "Statins after 75"


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(), re.MULTILINE)
    titles = {
        path.name: path.read_text().partition("\n")[0] for path in folder.glob("*.md") if path.name != "README.md"
    }
    assert {name: f"# {title}" for title, name in listed} == titles
