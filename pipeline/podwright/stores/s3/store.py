"""`S3Store`: the methods of a store, each of them a function of the module that is named for what it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from podwright.core.artifact import Artifact, Splice, bytes_artifact
from podwright.stores.capabilities import ALL, Capabilities, Trial
from podwright.stores.contract import Advance, Read, Store, Stored
from podwright.stores.optional import CorsRule, Upload
from podwright.stores.s3 import compose, cors, objects, put, trial
from podwright.stores.s3.bucket import CONCURRENCY, Bucket


class S3Store:
    """Objects below a prefix of a bucket, by what it can do; `Store` and `optional` say what each method means.

    pause: how others are waited for where the store keeps no conditions.
    """

    concurrency = CONCURRENCY

    def __init__(self, bucket: Bucket, *, can: Capabilities = ALL, pause: Callable[[float], None] = time.sleep) -> None:
        self._bucket = bucket
        self._can = can
        self._pause = pause
        self.url = bucket.url

    def observe(self, key: str) -> Stored | None:
        return objects.observe(self._bucket, key)

    def observe_all(self, prefix: str) -> Iterator[Stored]:
        return objects.observe_all(self._bucket, prefix)

    def read(self, key: str, *, unless: str | None = None) -> Read | None:
        return objects.read(self._bucket, key, unless=unless)

    def read_range(self, key: str, *, start: int, length: int) -> bytes:
        return objects.read_range(self._bucket, key, start=start, length=length)

    def put(self, artifact: Artifact, *, progress: Advance | None = None) -> Stored:
        return put.put(self._bucket, artifact, can=self._can, progress=progress)

    def copy(self, source: str, artifact: Artifact) -> Stored:
        return compose.copy(self._bucket, source, artifact, can=self._can)

    def keep(self, source: str, key: str, *, etag: str) -> bool:
        return compose.keep(self._bucket, source, key, etag=etag, can=self._can)

    def compose(self, artifact: Artifact, splice: Splice, *, progress: Advance | None = None) -> Stored:
        return compose.compose(self._bucket, artifact, splice, can=self._can, progress=progress)

    def write(
        self,
        key: str,
        data: bytes,
        *,
        media_type: str,
        cache_control: str,
        expected: str | None,
        contended: bool = True,
    ) -> str:
        artifact = bytes_artifact(key, data, media_type=media_type, cache_control=cache_control, side="private")
        if self._can.conditional_writes:
            return put.write_if(self._bucket, artifact, data, expected=expected, can=self._can)
        pause = self._pause if contended else None
        return put.write_and_look(self._bucket, artifact, data, expected=expected, can=self._can, pause=pause)

    def delete(self, keys: Iterable[str]) -> None:
        objects.delete(self._bucket, keys)

    def taking(self, origin: Store) -> S3Store | None:
        bucket = self._bucket.taking(origin._bucket) if isinstance(origin, S3Store) and self._can.copy else None
        return S3Store(bucket, can=self._can, pause=self._pause) if bucket else None

    def presign(self, key: str, *, life: timedelta) -> str:
        return objects.presign(self._bucket, key, life=life)

    def observe_uploads(self) -> Iterator[Upload]:
        return objects.observe_uploads(self._bucket)

    def abort_upload(self, upload: Upload) -> None:
        objects.abort_upload(self._bucket, upload)

    def observe_trial(self) -> Trial:
        return trial.observe_trial(self._bucket)

    def adapted(self, capabilities: Capabilities) -> S3Store:
        return S3Store(self._bucket, can=capabilities, pause=self._pause)

    def observe_time(self) -> datetime | None:
        return objects.observe_time(self._bucket)

    @property
    def skew(self) -> timedelta | None:
        return self._bucket.skew

    def observe_cors(self) -> tuple[CorsRule, ...] | None:
        return cors.observe_cors(self._bucket)

    def apply_cors(self) -> bool:
        return cors.apply_cors(self._bucket)
