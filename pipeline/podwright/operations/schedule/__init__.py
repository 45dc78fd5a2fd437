"""Files that have a machine publish by the clock: for cron, systemd, a container, and CI; a template each."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.operations.schedule.source import container_commands, install_command
from podwright.workspace.author import write_files

#: By kind, the files that it needs: the name of each, and the template below `files/` that it is made from.
KINDS: Mapping[str, Mapping[str, str]] = {
    "cron": {"podwright.crontab": "crontab"},
    "systemd": {"podwright.service": "service", "podwright.timer": "timer"},
    "container": {"Containerfile": "containerfile", "compose.yaml": "compose", "podwright-loop": "loop"},
    "github": {".github/workflows/podwright.yml": "github"},
    "gitlab": {".gitlab-ci.yml": "gitlab"},
}
#: The kinds that run where podwright is not installed yet.
ELSEWHERE = frozenset({"container", "github", "gitlab"})
#: Minutes that divide an hour evenly, which cron and systemd then write alike.
MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A rebuild by the clock."""

    #: The command's path.
    program: Path
    #: The workspace.
    root: Path
    #: The user that runs it.
    user: str
    #: The time between two runs, one of MINUTES.
    minutes: int
    #: The folders in which sides of the show are stored, those of buckets apart.
    folders: tuple[Path, ...] = ()
    #: What pip installs on another machine; for the kinds of ELSEWHERE.
    source: str = "."

    @property
    def outside(self) -> tuple[Path, ...]:
        """The folders of the store that do not lie in the workspace."""
        return tuple(folder for folder in self.folders if not folder.is_relative_to(self.root))


def render_schedule(schedule: Schedule, kinds: Iterable[str]) -> dict[str, str]:
    """Return the files of these kinds by name. Raises WorkspaceError where a path cannot be written into them."""
    for path in (schedule.program, schedule.root, *schedule.folders):
        if not str(path).isprintable():
            raise WorkspaceError([Finding("", f"{str(path)!r} cannot stand in a line; move it", field="schedule")])
    values = _values(schedule)
    return {name: _filled(template, values) for kind in kinds for name, template in KINDS[kind].items()}


def write_schedule(files: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Write the files below a folder, all or none. Raises WorkspaceError where one is there already."""
    return write_files(folder, {name: text.encode() for name, text in files.items()})


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = resources.files("podwright.operations.schedule").joinpath("files", template).read_text(encoding="utf-8")
    return _Blanks(text).substitute(values)


class _Blanks(Template):
    """A template whose blanks look like @{this}, since the files have dollars and braces of their own."""

    delimiter = "@"
    pattern = r"@(?:(?P<escaped>@)|\{(?P<braced>[a-z_]+)\}|(?P<named>(?!))|(?P<invalid>(?!)))"  # type: ignore[assignment] # the stub lacks that a text may stand here


def _values(schedule: Schedule) -> dict[str, str]:
    command = shlex.join([str(schedule.program), "-C", str(schedule.root), "rebuild"])
    written = [schedule.root, *schedule.outside]
    every = schedule.minutes
    return {
        "minutes": str(every),
        "seconds": str(every * 60),
        # A percent sign ends the command: https://manpages.debian.org/bookworm/cron/crontab.5.en.html
        "cron": f"{_cron_minutes(every)} * * * * {command.replace('%', chr(92) + '%')}",
        "cron_minutes": _cron_minutes(every),
        "calendar": "*:00" if every == 60 else f"*:0/{every}",
        "exec": " ".join(map(_systemd_word, [str(schedule.program), "-C", str(schedule.root), "rebuild"])),
        "workspace": str(schedule.root).replace("%", "%%"),
        "user": schedule.user,
        "written": " ".join(_systemd_word(f"-{path}") for path in written),
        "install": install_command(schedule.source),
        "container_install": container_commands(schedule.source),
        "volume": _yaml_text(f"{schedule.root}:/show"),
        "store_volume": _store_volume(schedule),
    }


def _cron_minutes(every: int) -> str:
    return {1: "*", 60: "0"}.get(every, f"*/{every}")


def _systemd_word(text: str) -> str:
    """Return one argument (https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting)."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return plain if re.fullmatch(r"[A-Za-z0-9_./@:+=,%-]+", plain) else f'"{plain}"'


def _store_volume(schedule: Schedule) -> str:
    """Return a line for each folder outside the workspace; its path in the container is the same."""
    return "".join(f"\n      - {_yaml_text(f'{folder}:{folder}')}" for folder in schedule.outside)


def _yaml_text(text: str) -> str:
    """Return a text in YAML's single quotes; compose takes a doubled dollar for one."""
    return "'" + text.replace("'", "''").replace("$", "$$") + "'"
