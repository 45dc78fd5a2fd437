"""Stores to break things in: filled, looked at whole, and put back as they were."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

from podwright.core.names import MANIFEST_KEY
from podwright.stores.ledger.manifest import Manifest
from podwright.stores.ledger.manifest_json import Load, parse_manifest, render_changes, render_manifest
from tests.faults.listener import Shelf
from tests.support.seaweed import REGION, Seaweed

_PLAIN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent"}


class Place(Protocol):
    """A store, and what a command needs to reach it."""

    @property
    def in_parts(self) -> bool:
        """Whether it takes long recordings in parts."""

    @property
    def options(self) -> list[str]:
        """Of `podwright`."""

    @property
    def env(self) -> dict[str, str]:
        """The whole environment."""

    def load(self) -> Shelf:
        """Everything in it."""

    def version(self, key: str) -> str | None:
        """Of an object; it changes when the object does."""

    def save(self) -> None:
        """Remember what is in it."""

    def restore(self) -> None:
        """Have in it what was remembered, as if it had been published so."""

    def load_heads(self) -> Mapping[str, Any]:
        """What it says of its objects besides their bytes."""


def _versioned(manifest: bytes, etags: Mapping[str, str], load: Load) -> bytes:
    """A manifest that names the versions that the objects have now."""
    parsed: Manifest = parse_manifest(manifest, load=load)
    objects = {key: replace(one, etag=etags[key]) for key, one in parsed.objects.items()}
    now = replace(parsed, objects=objects)
    return render_changes(now, now.base) if now.base else render_manifest(now)


@dataclass
class Folder:
    """A folder."""

    in_parts: ClassVar[bool] = False
    root: Path
    saved: dict[str, bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"file:{self.root}"

    @property
    def options(self) -> list[str]:
        return ["--storage", self.address]

    @property
    def env(self) -> dict[str, str]:
        return dict(_PLAIN)

    def load(self) -> Shelf:
        found: dict[str, bytes] = {}
        for folder, _, names in os.walk(self.root):
            for name in names if "private/.podwright" not in folder else ():
                # What is deleted between the listing and the reading is not there.
                with contextlib.suppress(FileNotFoundError):
                    path = Path(folder, name)
                    found[path.relative_to(self.root).as_posix()] = path.read_bytes()
        return found

    def version(self, key: str) -> str | None:
        try:
            found = (self.root / key).stat()
        except FileNotFoundError:
            return None
        return f"{found.st_mtime_ns} {found.st_ino}"

    def save(self) -> None:
        self.saved = dict(self.load())

    def restore(self) -> None:
        self.rewrite(self.put_back())

    def put_back(self) -> Mapping[str, str]:
        """Have in it what was remembered; gives the versions by key."""
        from podwright.stores.local import LocalStore

        shutil.rmtree(self.root, ignore_errors=True)
        for key, data in self.saved.items():
            (self.root / key).parent.mkdir(parents=True, exist_ok=True)
            (self.root / key).write_bytes(data)
        store = LocalStore(self.root, url="file:test")
        return {key: found.etag for key in self.saved if (found := store.observe(key))}

    def rewrite(self, etags: Mapping[str, str]) -> None:
        """Have the manifest name these versions."""
        if MANIFEST_KEY in self.saved:
            (self.root / MANIFEST_KEY).write_bytes(_versioned(self.saved[MANIFEST_KEY], etags, self.saved.get))

    def load_heads(self) -> Mapping[str, Any]:
        return {}


@dataclass
class Bucket:
    """A bucket of a SeaweedFS, of which only what changed is moved.

    endpoint_url: where publishers reach it, if not at the server's own address.
    """

    in_parts: ClassVar[bool] = True
    server: Seaweed
    name: str
    prefix: str
    endpoint_url: str | None = None
    saved: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"s3://{self.name}/{self.prefix}"

    @property
    def options(self) -> list[str]:
        where = ["--storage", self.address, "--region", REGION]
        return [*where, "--endpoint-url", self.endpoint_url or self.server.endpoint_url]

    @property
    def env(self) -> dict[str, str]:
        return {**_PLAIN, **self.server.environment}

    def _list(self, prefix: str, key: str = "") -> dict[str, str]:
        listing = self.server.client().get_paginator("list_objects_v2")
        pages = listing.paginate(Bucket=self.name, Prefix=f"{prefix}/{key}")
        return {
            one["Key"].removeprefix(f"{prefix}/"): one["ETag"].strip('"')
            for page in pages
            for one in page.get("Contents", ())
        }

    def version(self, key: str) -> str | None:
        return self._list(self.prefix, key).get(key)

    def _get(self, key: str, etag: str) -> bytes | None:
        """An object; another version than was listed where that was replaced meanwhile."""
        client = self.server.client()
        if (key, etag) not in self.known:
            try:
                found = client.get_object(Bucket=self.name, Key=f"{self.prefix}/{key}")
            except client.exceptions.NoSuchKey:
                return None
            etag = found["ETag"].strip('"')
            self.known[key, etag] = found["Body"].read()
        return self.known[key, etag]

    def load(self) -> Shelf:
        with ThreadPoolExecutor(8) as pool:
            listed = self._list(self.prefix)
            found = zip(listed, pool.map(self._get, listed.keys(), listed.values()), strict=True)
            return {key: data for key, data in found if data is not None}

    def save(self) -> None:
        self.saved = dict.fromkeys(self._list(self.prefix), f"saved-{self.prefix}")
        for key in self.saved:
            self._copy(f"{self.prefix}/{key}", f"saved-{self.prefix}/{key}")

    def _copy(self, source: str, target: str) -> None:
        self.server.client().copy_object(
            Bucket=self.name, Key=target, CopySource={"Bucket": self.name, "Key": source}, MetadataDirective="COPY"
        )

    def restore(self) -> None:
        self.rewrite(self.put_back())

    def put_back(self) -> Mapping[str, str]:
        """Have in it what was remembered; gives the versions by key."""
        client, held, wanted = self.server.client(), self._list(self.prefix), self._list(f"saved-{self.prefix}")
        gone = [key for key in held if key not in wanted]
        changed = [key for key, etag in wanted.items() if held.get(key) != etag]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: client.delete_object(Bucket=self.name, Key=f"{self.prefix}/{key}"), gone))
            list(pool.map(lambda key: self._copy(f"saved-{self.prefix}/{key}", f"{self.prefix}/{key}"), changed))
        return self._list(self.prefix)

    def rewrite(self, etags: Mapping[str, str]) -> None:
        """Have the manifest name these versions."""
        wanted = self._list(f"saved-{self.prefix}")
        if MANIFEST_KEY in wanted:
            data = self._get_saved(MANIFEST_KEY, wanted[MANIFEST_KEY])
            again = _versioned(data, etags, lambda key: self._get_saved(key, wanted[key]))
            if again != data:
                key = f"{self.prefix}/{MANIFEST_KEY}"
                self.server.client().put_object(Bucket=self.name, Key=key, Body=again)

    def _get_saved(self, key: str, etag: str) -> bytes:
        if (key, etag) not in self.known:
            found = self.server.client().get_object(Bucket=self.name, Key=f"saved-{self.prefix}/{key}")
            self.known[key, etag] = found["Body"].read()
        return self.known[key, etag]

    def load_heads(self) -> Mapping[str, Any]:
        client = self.server.client()
        names = ("ContentType", "CacheControl", "ContentDisposition", "Metadata", "ContentLength")

        def head(key: str) -> Any:
            found = client.head_object(Bucket=self.name, Key=f"{self.prefix}/{key}")
            return {name: found.get(name) for name in names}

        keys = [key for key in self._list(self.prefix) if not key.startswith("private/podwright/")]
        with ThreadPoolExecutor(8) as pool:
            return dict(zip(keys, pool.map(head, keys), strict=True))


@dataclass
class Sides:
    """Two places of one kind, one a side. Nothing private ever lies in the public one."""

    public: Folder | Bucket
    private: Folder | Bucket

    @property
    def in_parts(self) -> bool:
        return self.public.in_parts

    @property
    def options(self) -> list[str]:
        return [*self.public.options, "--private-url", self.private.address]

    @property
    def env(self) -> dict[str, str]:
        return self.public.env | self.private.env

    def load(self) -> Shelf:
        public, private = self.public.load(), self.private.load()
        astray = [key for key in public if key.startswith("private/")]
        assert not astray, f"lie in the public place: {astray}"
        assert all(key.startswith("private/") for key in private)
        return {**public, **private}

    def version(self, key: str) -> str | None:
        return (self.private if key.startswith("private/") else self.public).version(key)

    def save(self) -> None:
        self.public.save()
        self.private.save()

    def restore(self) -> None:
        self.private.rewrite({**self.public.put_back(), **self.private.put_back()})

    def load_heads(self) -> Mapping[str, Any]:
        return {**self.public.load_heads(), **self.private.load_heads()}
