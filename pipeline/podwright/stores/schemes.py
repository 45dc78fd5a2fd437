"""The kinds of stores, by the scheme of their address: to add one, write its module and its line here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podwright.core.deadline import Deadline
from podwright.core.model import Storage
from podwright.stores.contract import Store
from podwright.stores.local import LocalStore
from podwright.stores.sides import SidedStore

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html ("safe characters")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9!_.*'()-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A kind of store."""

    #: The form of an address, for people.
    form: str
    #: How every address begins.
    start: str
    #: Returns whether what follows is an address. Raises ValueError where one can say what is wrong.
    accepts: Callable[[str], bool]
    #: Opens no connection and writes nothing yet.
    open: Callable[[Storage, Deadline | None], Store]


def _accepts_folder(rest: str) -> bool:
    return bool(rest) and not re.match(r"//[^/]", rest)


def _open_folder(storage: Storage, _: Deadline | None) -> Store:
    if storage.folder is None:
        raise ValueError(f"{storage.url} has no folder")
    return LocalStore(storage.folder, url=storage.url)


def _accepts_bucket(rest: str) -> bool:
    bucket, *prefix = rest.split("/")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError("does not name a bucket; write 3 to 63 lower-case letters, digits, - and .")
    for segment in prefix:
        if not _SEGMENT.fullmatch(segment):
            raise ValueError("has what cannot be part of a prefix; use ASCII letters, digits, - and _")
    return True


def _open_bucket(storage: Storage, deadline: Deadline | None) -> Store:
    # boto3 takes a third of a second to load, which no other store should cost.
    from podwright.stores.s3 import bucket, store

    return store.S3Store(bucket.Bucket(storage, deadline=deadline))


SCHEMES: Mapping[str, Scheme] = {
    "file": Scheme(form="file:FOLDER", start="file:", accepts=_accepts_folder, open=_open_folder),
    "s3": Scheme(form="s3://bucket/prefix", start="s3://", accepts=_accepts_bucket, open=_open_bucket),
}


def accepts(address: str) -> bool:
    """Return whether this is the address of a store. Raise ValueError where one can say what is wrong."""
    scheme = SCHEMES.get(address.partition(":")[0])
    return (
        scheme is not None and address.startswith(scheme.start) and scheme.accepts(address.removeprefix(scheme.start))
    )


def open_store(storage: Storage, *, deadline: Deadline | None = None) -> Store:
    """Return the store that a workspace's settings name. deadline: that of the run, after which nothing is asked."""
    public = SCHEMES[storage.url.partition(":")[0]].open(storage, deadline)
    return SidedStore(public, open_store(storage.private, deadline=deadline)) if storage.private else public
