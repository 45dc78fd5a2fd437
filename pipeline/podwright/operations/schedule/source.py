"""The source of podwright for another machine: one version, from a place that has it.

A bare name would be installed from whoever registers it first in the index that pip asks.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding

_NAME = r"podwright(?:\[[a-z,]+\])?"
#: No space, quote, dollar or backslash: such a text means the same in a shell, in YAML and in a Containerfile.
_PATH = r"/[A-Za-z0-9._~/+%-]+"
#: Without a password, which would stand in the files.
_HOST = r"[A-Za-z0-9.-]+(?::[0-9]+)?"
_RELEASE = re.compile(rf"{_NAME}==[0-9][A-Za-z0-9.!+]*")
_REPOSITORY = re.compile(rf"(?:{_NAME} @ )?git\+(?:https://|ssh://git@){_HOST}{_PATH}@[A-Za-z0-9._/-]+")
_ARCHIVE = re.compile(rf"(?:{_NAME} @ )?https://{_HOST}{_PATH}\.(?:whl|tar\.gz)(?:#sha256=[0-9a-f]{{64}})?")
_WITHIN = re.compile(r"\.|(?:\./)?[A-Za-z0-9_][A-Za-z0-9._+/-]*")
_ADVICE = (
    "name one version where the other machine finds it: git+https://HOST/PATH@TAG, the address of a wheel, a wheel's "
    "path in the workspace, or podwright==VERSION of an index that has it"
)


def check_source(source: str) -> str:
    """Return what pip takes for one version of podwright. Raises WorkspaceError where that may be any version."""
    text = source.strip()
    if any(form.fullmatch(text) for form in (_RELEASE, _REPOSITORY, _ARCHIVE)) or _is_within(text):
        return text
    raise WorkspaceError([Finding("", f"pip may take anything for this; {_ADVICE}", field="--source")])


def _is_within(text: str) -> bool:
    """Tell whether a text is a path below the workspace, and no name that an index may know."""
    return bool(_WITHIN.fullmatch(text)) and ".." not in text.split("/") and (text.startswith(".") or "/" in text)


def find_source(direct_url: str | None, version: str, root: Path) -> str:
    """Return what another machine installs to have the podwright that is installed here.

    direct_url: what the installer wrote down, None where it asked an index
    (https://packaging.python.org/en/latest/specifications/direct-url/); root: the workspace.

    Raises WorkspaceError where another machine cannot have it from there.
    """
    if direct_url is None:
        return f"podwright=={version}"
    known = json.loads(direct_url)
    source = _local(known["url"], root) if known["url"].startswith("file:") else _remote(known)
    try:
        return check_source(source)
    except WorkspaceError as error:
        message = f"podwright was installed here from a place that another machine may not have; {_ADVICE}"
        raise WorkspaceError([Finding("", message, field="--source")]) from error


def _remote(known: Mapping[str, object]) -> str:
    match known:
        case {"url": str(url), "vcs_info": {"vcs": str(vcs), "commit_id": str(commit)}}:
            return f"podwright @ {vcs}+{url}@{commit}"
        case {"url": str(url), "archive_info": {"hashes": {"sha256": str(digest)}}}:
            return f"podwright @ {url}#sha256={digest}"
        case _:
            return f"podwright @ {known['url']}"


def _local(url: str, root: Path) -> str:
    path = Path(unquote(urlsplit(url).path))
    if not path.is_relative_to(root):
        return ""
    within = path.relative_to(root).as_posix()
    return "." if within == "." else f"./{within}"


def install_command(source: str) -> str:
    """Return the command for a shell in the workspace."""
    return f"pip install {shlex.quote(source)}"


def container_commands(source: str) -> str:
    """Return the lines of a Containerfile, which reaches the workspace only by copying."""
    if not _is_within(source):
        return f"RUN pip install --no-cache-dir {shlex.quote(source)}"
    name = Path(source).name if source.endswith((".whl", ".tar.gz")) else ""
    copied = "/usr/src/podwright/"
    return f"COPY {source} {copied}\nRUN pip install --no-cache-dir {copied}{name}"
