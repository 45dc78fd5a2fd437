"""Storage addresses, checked, and those of the environment put over those of the file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from podwright.core.finding import Finding
from podwright.core.model import Overrides, Storage
from podwright.core.showing import has_credentials
from podwright.stores.schemes import SCHEMES, accepts
from podwright.workspace.values import bare_url, base_url, formed, line, shown

T = TypeVar("T")

#: What a publish must never write into, or take for its own.
_RESERVED = ("episodes", "feeds", "theme", ".git", ".podwright")
#: But for the folder of previews.
PREVIEW = ".podwright/preview"


def storage_url(value: Any) -> str:
    """Return the address of a store (`SCHEMES`) without a trailing slash. Raises ValueError."""
    text = line(value).rstrip("/")
    if has_credentials(text):
        raise ValueError("holds a user name or password; credentials come from the AWS chain, take them out")
    if accepts(text):
        return text
    forms = " or ".join(scheme.form for scheme in SCHEMES.values())
    raise ValueError(f"is not a storage address; write {forms}")


#: Return a region's name. Raises ValueError.
region = formed(r"[A-Za-z0-9-]{1,64}", "is not a region; write one like us-east-1")


def load_folder(address: str, root: Path) -> Path | None:
    """Return the absolute folder of a `file:` address, None for any other; looks at links on its way.

    A relative folder is below `root`; an absolute one may be anywhere but around or inside the workspace's sources.
    Raises ValueError.
    """
    if not address.startswith("file:"):
        return None
    name = re.sub("^//", "", address.removeprefix("file:"))
    folder = Path(os.path.realpath(root / name))
    if root.is_relative_to(folder):
        raise ValueError(f"{shown(name)} holds the workspace itself; choose a folder in it, like file:public")
    taken = any(folder.is_relative_to(root / reserved) for reserved in _RESERVED)
    if taken and not folder.is_relative_to(root / PREVIEW):
        raise ValueError(f"{shown(name)} is part of the workspace's own files; choose a folder like file:public")
    if not name.startswith("/") and not folder.is_relative_to(root):
        raise ValueError(f"{shown(name)} leads out of the workspace; write the whole path if you mean it")
    return folder


def override_storage(settings: Storage, overrides: Overrides, *, root: Path) -> tuple[Storage, tuple[Finding, ...]]:
    """Return the storage of a show after what the environment says, and a problem for each variable that is wrong."""
    problems: list[Finding] = []

    def read(name: str, parse: Callable[[Any], T], text: str | None, otherwise: T) -> T:
        try:
            return otherwise if text is None else parse(text)
        except ValueError as error:
            problems.append(Finding("", str(error).removeprefix(f"{shown(text)} "), field=name))
            return otherwise

    def both(text: str) -> tuple[str, Path | None]:
        return storage_url(text), load_folder(storage_url(text), root)

    address, folder = read("PODWRIGHT_STORAGE", both, overrides.storage, (settings.url, settings.folder))
    own = (settings.private_url, settings.private_folder)
    private, private_folder = read("PODWRIGHT_PRIVATE_URL", both, overrides.private_url, own)
    if overrides.storage is not None and overrides.private_url is None and private is not None:
        problems.append(Finding("", _PRIVATE_TOO, field="PODWRIGHT_PRIVATE_URL"))
    public = read("PODWRIGHT_PUBLIC_URL", base_url, overrides.public_url, settings.public_url)
    endpoint = read("PODWRIGHT_ENDPOINT_URL", bare_url, overrides.endpoint_url, settings.endpoint_url)
    where = read("PODWRIGHT_REGION", region, overrides.region, settings.region)
    if (private, private_folder) == (address, folder) or (folder and private_folder == folder):
        private = private_folder = None
    # A preview into a folder keeps what the file says of its bucket, and does not use it.
    in_bucket = folder is None or (private is not None and private_folder is None)
    storage = Storage(
        url=address,
        public_url=public,
        folder=folder,
        endpoint_url=endpoint if in_bucket else None,
        region=where if in_bucket else None,
        private_url=private,
        private_folder=private_folder,
    )
    return storage, tuple(problems)


_PRIVATE_TOO = (
    "is missing, and the private_url of podwright.toml belongs to another store than PODWRIGHT_STORAGE; set it as "
    "well, to the value of PODWRIGHT_STORAGE where that store keeps both sides"
)


def check_apart(storage: Storage) -> None:
    """Raise ValueError where one side of a show would lie inside the place of the other."""
    if storage.private_url is None:
        return
    if storage.folder and storage.private_folder:
        one, other = storage.folder, storage.private_folder
        overlap = one.is_relative_to(other) or other.is_relative_to(one)
    else:
        places = sorted((f"{storage.url}/", f"{storage.private_url}/"), key=len)
        overlap = places[1].startswith(places[0])
    if overlap:
        raise ValueError("lies inside url, or url inside it; choose a place beside it")
