"""A trial of what a bucket can do, with small objects of our own, which are removed again.

About fifty requests and 5 MiB: only parts of that size may be joined with others
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). An answer that says no is a capability that lacks;
a store that cannot be reached, or refuses the key, is an error: nothing would be known of it then. What is tried is
asked for by the functions that ask for it later, so that a store that refuses a header of theirs is found out.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from podwright.core.artifact import Artifact, bytes_artifact
from podwright.core.deadline import giving_back
from podwright.core.errors import ConflictError, DeadlineError, StoreError
from podwright.stores.capabilities import ALL, Capabilities, Trial
from podwright.stores.s3.answers import PlaceError
from podwright.stores.s3.bucket import Bucket, encode_digest
from podwright.stores.s3.compose import Range, complete, copy_inside, copy_part
from podwright.stores.s3.errors import code_of, named, status_of, wrapped
from podwright.stores.s3.objects import delete, observe, read, read_range
from podwright.stores.s3.put import begun_upload, load_crc32, put, put_part, write_if

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

#: Where the objects lie that are tried with.
PROBES = "private/podwright/probe/"
#: So many write at once where one may win.
RIVALS = 8
#: The least size of a part that is not the last, in bytes.
_PART = 5 << 20
_TAIL = b"the end of it"
_TYPE, _CACHING = "application/x-podwright", "private, no-store"


def observe_trial(bucket: Bucket) -> Trial:
    """Try everything. Raises StoreError where the store cannot be reached or refuses a plain write."""
    here = f"{PROBES}{uuid.uuid4().hex}/"
    keys = {name: here + name for name in ("plain", "created", "raced", "wrong", "copy", "joined")}
    try:
        return _observe(_Trial(bucket, keys))
    finally:
        with contextlib.suppress(StoreError), giving_back():
            delete(bucket, keys.values())


@dataclass(frozen=True, slots=True)
class _Trial:
    """The trial of a bucket."""

    bucket: Bucket
    #: Of objects to try with, by what they are for.
    keys: Mapping[str, str]
    can: Capabilities = ALL


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer to one question of a trial."""

    able: bool
    #: What the store refused, in its own words; "" where it did not, or does otherwise than it was asked.
    refusal: str = ""


#: Answers by capability; the store has those of which none says no.
_Answers = list[tuple[str, _Answer]]


def _observe(trial: _Trial) -> Trial:
    plain = _artifact(trial.keys["plain"])
    first = _holds(lambda: _is_put(trial, plain))
    answers: _Answers = [("checksums", _of_header("x-amz-checksum-sha256", first))]
    if not first.able:
        # Whatever else was wrong is wrong without checksums, too, and is told then.
        trial = replace(trial, can=replace(ALL, checksums=False))
        put(trial.bucket, plain, can=trial.can)
    # Each looks at keys of its own, so that they need not wait for each other.
    groups = (_observe_reads, _observe_creates, _observe_parts, _observe_checksums)
    with ThreadPoolExecutor(len(groups)) as pool:
        for future in [pool.submit(group, trial) for group in groups]:
            answers += future.result()
    lacking = [(name, answer.refusal) for name, answer in answers if not answer.able]
    can = replace(ALL, **{name: False for name, _ in lacking})
    # Of one capability the first refusal is kept.
    return Trial(capabilities=can, refusals={name: refusal for name, refusal in reversed(lacking) if refusal})


def _observe_reads(trial: _Trial) -> _Answers:
    bucket, plain, copy = trial.bucket, trial.keys["plain"], trial.keys["copy"]
    return [
        ("ranges", _holds(lambda: read_range(bucket, plain, start=3, length=5) == _content(bucket, plain)[3:8])),
        ("copy", _holds(lambda: _copies(bucket, plain, copy))),
        ("copy_conditions", _refuses(lambda: _copy_other_version(bucket, plain, copy))),
        ("metadata", _holds(lambda: _keeps_metadata(trial, copy))),
        ("listing", _holds(lambda: _lists(bucket, plain))),
        # Last, since it changes what the others compare.
        ("conditional_replace", _holds(lambda: _keeps_replace(trial, plain))),
    ]


def _observe_creates(trial: _Trial) -> _Answers:
    created, raced = trial.keys["created"], trial.keys["raced"]
    return [("conditional_create", _holds(lambda: _keeps_create(trial, created, raced)))]


def _observe_parts(trial: _Trial) -> _Answers:
    """Join parts as they are joined later: with checksums and conditions where the store takes them, else without."""
    answers: _Answers = []
    joined = _holds(lambda: _join(trial))
    if not joined.able and trial.can.checksums:
        refused = _of_header("x-amz-checksum-crc32", joined)
        trial = replace(trial, can=replace(trial.can, checksums=False))
        joined = _holds(lambda: _join(trial))
        # Where it joins no parts at all, that is not for their checksums.
        answers += [("checksums", refused)] if joined.able else []
    answers.append(("multipart", joined))
    if not joined.able:
        return [*answers, ("copy_ranges", _Answer(able=False))]
    ranges = _holds(lambda: _join_ranges(trial))
    if not ranges.able:
        refused, bare = ranges, replace(trial, can=replace(trial.can, copy_conditions=False))
        ranges = _holds(lambda: _join_ranges(bare))
        answers += [("copy_conditions", refused)] if ranges.able else []
    return [*answers, ("copy_ranges", ranges)]


def _observe_checksums(trial: _Trial) -> _Answers:
    if not trial.can.checksums:
        return []
    return [("checksums", _refuses(lambda: _send_wrong(trial.bucket, trial.keys["wrong"])))]


def _is_put(trial: _Trial, artifact: Artifact) -> bool:
    put(trial.bucket, artifact, can=trial.can)
    return True


def _artifact(key: str, data: bytes = b"podwright looks at what this store can do") -> Artifact:
    return bytes_artifact(key, data, media_type=_TYPE, cache_control=_CACHING, side="private")


def _holds(ask: Callable[[], bool]) -> _Answer:
    """Return whether something is so; a refusal or an answer that makes no sense is a no, and silence is an error."""
    try:
        with wrapped(PROBES):
            return _Answer(able=ask())
    except StoreError as error:
        refused = _refused(error)
        return _refusal(refused) if refused else _Answer(able=False)


def _refuses(ask: Callable[[], None]) -> _Answer:
    """Return whether the store says that what it was asked for does not fit; by other errors it does not know it."""
    try:
        with wrapped(PROBES):
            ask()
    except StoreError as error:
        refused = _refused(error)
        return (
            replace(_refusal(refused), able=status_of(refused) in (400, 409, 412)) if refused else _Answer(able=False)
        )
    return _Answer(able=False)


def _refused(error: StoreError) -> ClientError | None:
    """Return what the store refused with, None where its answer made no sense.

    Raise the error itself where it says nothing of what the store can do.
    """
    if isinstance(error, PlaceError | DeadlineError) or isinstance(error.__cause__, BotoCoreError):
        raise error
    return error.__cause__ if isinstance(error.__cause__, ClientError) else None


def _refusal(error: ClientError) -> _Answer:
    """Return a no in the store's words. Raise StoreError where it is overloaded, which says nothing of what it can."""
    if status_of(error) in (429, 502, 503, 504):
        raise StoreError(f"{PROBES}: the store is overloaded ({code_of(error)}); try again later") from error
    return _Answer(able=False, refusal=named(error))


def _of_header(name: str, answer: _Answer) -> _Answer:
    """Return an answer whose refusal names the header that was sent."""
    return replace(answer, refusal=answer.refusal and f"{name}, {answer.refusal}")


def _content(bucket: Bucket, key: str) -> bytes:
    found = read(bucket, key)
    return (found.data or b"") if found else b""


# Conditions


def _write(trial: _Trial, key: str, data: bytes, *, expected: str | None) -> str | None:
    """Return the new version; None where the condition kept it away."""
    try:
        return write_if(trial.bucket, _artifact(key, data), data, expected=expected, can=trial.can)
    except ConflictError:
        return None


def _keeps_create(trial: _Trial, key: str, raced: str) -> bool:
    if _write(trial, key, b"first", expected=None) is None:
        return False
    kept = _write(trial, key, b"second", expected=None) is None
    return kept and _content(trial.bucket, key) == b"first" and _one_wins(trial, raced, expected=None)


def _keeps_replace(trial: _Trial, key: str) -> bool:
    found = observe(trial.bucket, key)
    if found is None:
        return False
    second = _write(trial, key, b"second version", expected=found.etag)
    if second is None or _write(trial, key, b"too late", expected=found.etag) is not None:
        return False
    return _content(trial.bucket, key) == b"second version" and _one_wins(trial, key, expected=second)


def _one_wins(trial: _Trial, key: str, *, expected: str | None) -> bool:
    """Return whether one of several wins; some stores keep a condition only while nobody else writes."""

    def attempt(number: int) -> bytes | None:
        data = b"this one won: %d" % number
        return data if _write(trial, key, data, expected=expected) else None

    with ThreadPoolExecutor(RIVALS) as pool:
        winners = [data for data in pool.map(attempt, range(RIVALS)) if data]
    return len(winners) == 1 and _content(trial.bucket, key) == winners[0]


# Bytes and headers


def _send_wrong(bucket: Bucket, key: str) -> None:
    bucket.client.put_object(Body=b"other bytes", ChecksumSHA256=encode_digest(bytes(32)), **bucket.at(key))


def _copies(bucket: Bucket, source: str, key: str) -> bool:
    data = _content(bucket, source)
    copied = copy_inside(bucket, source, _artifact(key, data), origin=bucket)
    return copied.size == len(data) and _content(bucket, key) == data


def _copy_other_version(bucket: Bucket, source: str, key: str) -> None:
    bucket.client.copy_object(CopySource=bucket.at(source), CopySourceIfMatch='"never was"', **bucket.at(key))


def _keeps_metadata(trial: _Trial, key: str) -> bool:
    bucket, wanted = trial.bucket, _artifact(key)
    put(bucket, wanted, can=trial.can)
    found = bucket.client.head_object(**bucket.at(key))
    stored = observe(bucket, key)
    headers = (found.get("ContentType"), found.get("CacheControl"))
    return stored is not None and stored.sha256 == wanted.sha256 and headers == (_TYPE, _CACHING)


def _lists(bucket: Bucket, key: str) -> bool:
    at = bucket.at(key)
    found = bucket.client.list_objects_v2(Bucket=at["Bucket"], Prefix=at["Key"]).get("Contents", [])
    return [(one["Key"], one["Size"]) for one in found] == [(at["Key"], len(_content(bucket, key)))] and all(
        one.get("LastModified") for one in found
    )


# Parts


def _join(trial: _Trial) -> bool:
    """Return whether an object can be made of two parts that are sent."""
    first = bytes(_PART - len(_TAIL)) + _TAIL

    def send(place: Any) -> list[CompletedPartTypeDef]:
        return [_send_part(trial, place, number, data) for number, data in enumerate((first, _TAIL), 1)]

    return _join_parts(trial, trial.keys["joined"], send, size=_PART + len(_TAIL), seam=_TAIL + _TAIL)


def _join_ranges(trial: _Trial) -> bool:
    """Return whether an object can be made of a range of it that is copied and a part that is sent, in its own place.

    Its version is named as it is where audio gets other tags: of what is copied, and of what is replaced.
    """
    bucket, key, shift = trial.bucket, trial.keys["joined"], len(_TAIL)
    found = observe(bucket, key)
    if found is None:
        return False
    etag, copied = found.etag, Range(1, shift, _PART + shift - 1)

    def send(place: Any) -> list[CompletedPartTypeDef]:
        done = copy_part(bucket, place, key, copied, etag=etag, conditions=trial.can.copy_conditions)
        return [done, _send_part(trial, place, 2, b"sent")]

    return _join_parts(trial, key, send, size=_PART + 4, seam=_TAIL + b"sent", replaced=etag)


def _join_parts(
    trial: _Trial,
    key: str,
    send: Callable[[Any], list[CompletedPartTypeDef]],
    *,
    size: int,
    seam: bytes,
    replaced: str | None = None,
) -> bool:
    """Return whether parts come out as one object that has this size and ends so."""
    bucket = trial.bucket
    with begun_upload(bucket, _artifact(key), checksums=trial.can.checksums) as place:
        complete(bucket, place, send(place), replaced=replaced)
    found = observe(bucket, key)
    return (
        found is not None
        and found.size == size
        and read_range(bucket, key, start=size - len(seam), length=len(seam)) == seam
    )


def _send_part(trial: _Trial, place: Any, number: int, data: bytes) -> CompletedPartTypeDef:
    checksum = load_crc32((data,), hashlib.sha256()) if trial.can.checksums else None
    return put_part(trial.bucket, place, number, (data,), checksum=checksum, progress=None)
