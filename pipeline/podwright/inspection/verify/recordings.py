"""The facts of published audio, told by the recording that it was made from, or by the object itself."""

from __future__ import annotations

import hashlib
import tempfile
from io import FileIO
from pathlib import Path

from podwright.core.artifact import CHUNK, FileSlice, open_body
from podwright.core.errors import AudioError, StoreError
from podwright.media.audio import AudioFacts, find_audio, load_facts
from podwright.media.audio.tag_bounds import read_at
from podwright.stores import Store
from podwright.stores.ledger.manifest import AudioRecord, ObjectRecord

#: Bytes of one read.
_BLOCK = 8 << 20
#: Digest of no tags. So building compares what they say with what they should, byte by byte, without the recording too.
_UNSEEN = "?"
#: What is longer is no tag of ours, in bytes.
_LONGEST_TAG = 32 << 20


def load_record(store: Store, key: str, record: ObjectRecord, *, recording: Path | None) -> AudioRecord | None:
    """What is known of the audio in an object; None where that is no whole recording.

    recording: what it may have been made from; where it was, only the tag is read. Raises StoreError where the store
    gives no parts of it, or there is no room for a copy.
    """
    if recording is not None and recording.suffix.lower() == ".mp3" and key.endswith(".mp3"):
        known = _of_recording(store, key, record, recording)
        if known:
            return known
    try:
        with tempfile.TemporaryDirectory(prefix="podwright-") as folder:
            copy = Path(folder, f"audio{Path(key).suffix}")
            with copy.open("wb") as file:
                for start in range(0, record.size, _BLOCK):
                    file.write(store.read_range(key, start=start, length=min(_BLOCK, record.size - start)))
            return _of_copy(copy, record)
    except OSError as error:
        raise StoreError(f"{key}: cannot be copied here to look at it ({error}); make room") from error


def _of_copy(path: Path, record: ObjectRecord) -> AudioRecord | None:
    try:
        facts = load_facts(path)
    except AudioError:
        return None
    with FileIO(path) as file:
        tag = find_audio(facts.media_type, lambda start, count: read_at(file, start, count), size=record.size)
    return _facts_record(facts, tag_length=tag)


def _facts_record(facts: AudioFacts, *, tag_length: int) -> AudioRecord:
    return AudioRecord(
        media_type=facts.media_type,
        duration=facts.duration,
        tag_length=tag_length,
        frames_hash=facts.frames_hash,
        tag_digest=_UNSEEN,
    )


def _of_recording(store: Store, key: str, record: ObjectRecord, path: Path) -> AudioRecord | None:
    """What a recording says, if the published MP3 is some tag and exactly its audio."""
    try:
        facts = load_facts(path)
    except AudioError:
        return None
    tag = record.size - facts.length
    if not 0 <= tag <= _LONGEST_TAG:
        return None
    digest = hashlib.sha256(store.read_range(key, start=0, length=tag))
    with open_body((FileSlice(path, facts.offset, facts.length),)) as audio:
        while block := audio.read(CHUNK):
            digest.update(block)
    if digest.hexdigest() != record.sha256:
        return None
    return _facts_record(facts, tag_length=tag)
