"""Where another machine gets podwright: one version, never a bare name."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.operations.schedule import KINDS, Schedule, render_schedule
from podwright.operations.schedule.source import check_source, find_source

ROOT = Path("/srv/show")
DIGEST = "0f" * 32
RELEASE = "https://example.org/podwright-1.2-py3-none-any.whl"

GOOD = [
    "podwright==1.2",
    "podwright[gateway]==1.2.0rc1",
    "git+https://example.org/team/podwright@v1.2",
    "git+ssh://git@example.org/team/podwright.git@v1.2",
    "podwright @ git+https://example.org:8443/team/podwright.git@0123abc",
    RELEASE,
    f"podwright @ {RELEASE}#sha256={DIGEST}",
    "./wheels/podwright-1.2-py3-none-any.whl",
    "vendor/podwright",
    ".",
]
BAD = [
    "",
    "podwright",
    "podwright>=1",
    "podwright==1.*",
    "podwright-fork==1.2",
    "git+https://example.org/team/podwright",
    "git+ssh://git@example.org/team/podwright",
    "http://example.org/podwright-1.2-py3-none-any.whl",
    "https://team:token@example.org/podwright-1.2.tar.gz",
    "https://example.org/podwright",
    "../podwright",
    "/srv/podwright",
    "wheels/../../podwright",
    "--index-url=https://example.org/",
    "./a b",
    "podwright==1.2; rm -r .",
    "git+https://${TOKEN}@example.org/team/podwright@v1.2",
]


@pytest.mark.parametrize("source", GOOD)
def test_one_version_is_taken(source: str) -> None:
    assert check_source(f" {source}\n") == source


@pytest.mark.parametrize("source", BAD)
def test_what_may_be_any_version_or_more_than_a_version_is_refused(source: str) -> None:
    with pytest.raises(WorkspaceError, match="pip may take anything for this; name one version"):
        check_source(source)


@pytest.mark.parametrize(
    ("known", "source"),
    [
        pytest.param(None, "podwright==1.2", id="an index"),
        pytest.param(
            {"url": "https://example.org/podwright.git", "vcs_info": {"vcs": "git", "commit_id": "0123abc"}},
            "podwright @ git+https://example.org/podwright.git@0123abc",
            id="a repository",
        ),
        pytest.param(
            {"url": RELEASE, "archive_info": {"hashes": {"sha256": DIGEST}}},
            f"podwright @ {RELEASE}#sha256={DIGEST}",
            id="a wheel at an address",
        ),
        pytest.param({"url": RELEASE, "archive_info": {}}, f"podwright @ {RELEASE}", id="a wheel without a digest"),
        pytest.param({"url": "file:///srv/show", "dir_info": {"editable": True}}, ".", id="the workspace itself"),
        pytest.param({"url": "file:///srv/show/a/p-1.whl", "archive_info": {}}, "./a/p-1.whl", id="in the workspace"),
    ],
)
def test_another_machine_takes_what_is_installed_here(known: object, source: str) -> None:
    assert find_source(known and json.dumps(known), "1.2", ROOT) == source


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"url": "file:///home/me/podwright", "dir_info": {}}, id="a folder of this machine"),
        pytest.param({"url": "file:///srv/show/my%20copy", "dir_info": {}}, id="a path with a space"),
        pytest.param(
            {"url": "https://${USER}@example.org/p.git", "vcs_info": {"vcs": "git", "commit_id": "0"}}, id="a password"
        ),
        pytest.param({"url": "https://example.org/p", "vcs_info": {"vcs": "hg", "commit_id": "0"}}, id="Mercurial"),
    ],
)
def test_what_another_machine_cannot_have_asks_for_a_source(known: object) -> None:
    with pytest.raises(WorkspaceError, match="a place that another machine may not have; name one version"):
        find_source(json.dumps(known), "1.2", ROOT)


@pytest.mark.parametrize("source", GOOD)
def test_no_file_installs_a_bare_name(source: str) -> None:
    files = render_schedule(Schedule(program=Path("/p"), root=ROOT, user="u", minutes=10, source=source), KINDS)
    installs = [line.partition("pip install")[2] for text in files.values() for line in text.splitlines()]
    words = [shlex.split(line)[-1] for line in installs if line]
    assert len(words) == 3
    assert "podwright" not in words
    assert words[1:] == [source, source]


def test_a_container_copies_what_lies_in_the_workspace() -> None:
    files = render_schedule(
        Schedule(program=Path("/p"), root=ROOT, user="u", minutes=10, source="./wheels/podwright-1.2.whl"),
        ["container"],
    )
    assert (
        "COPY ./wheels/podwright-1.2.whl /usr/src/podwright/\n"
        "RUN pip install --no-cache-dir /usr/src/podwright/podwright-1.2.whl\n"
    ) in files["Containerfile"]
