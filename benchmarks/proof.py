"""Measure what it costs to prove that published audio is whole: `python -m benchmarks.proof [--minutes 60]`.

Seconds of CPU, the best of three, for a recording of an hour in each format, beside the steps of a publish around it:
looking at a new file, decoding it, writing its tags, and hashing what is uploaded. Needs the command ffmpeg.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from podwright.core.artifact import load_sha256, load_stamps, open_body
from podwright.media.audio import AudioTags, check_decodes, load_facts, mp3, mp4

HEAD = """\
| format | MB | look | decode | tag | **prove** | hash | other tags without the file | **prove these** |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""
TAGS = AudioTags(title="Beans", lyrics="Beans climb. " * 5000, cover=b"\xff\xd8\xff\xe0" + bytes(200_000))


def main() -> None:
    """Encode, measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=int, default=60)
    minutes = parser.parse_args().minutes
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="podwright-bench-") as folder:
        for name in ("audio.m4a", "audio.mp3"):
            path = Path(folder, name)
            tone = f"sine=f=300:r=44100:d={60 * minutes}"
            command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, "-ac", "1", "-b:a", "96k", str(path)]
            subprocess.run(command, check=True)
            cells = " | ".join(f"{seconds:.3f}" for seconds in _measure(path))
            print(f"| {path.suffix[1:].upper()} | {path.stat().st_size / 1e6:.1f} | {cells} |", flush=True)


def _measure(path: Path) -> Iterator[float]:
    container = mp4 if path.suffix == ".m4a" else mp3
    facts = load_facts(path)
    yield _cpu(lambda: load_facts(path))
    yield _cpu(lambda: check_decodes(path, facts))

    def tag() -> mp3.Tagged:
        return container.build_tagged(path, facts, tags=TAGS, id3_version="2.4", build_dir=path.parent)

    tagged = tag()
    yield _cpu(tag)
    yield _cpu(lambda: container.check_published(tagged, facts))
    yield _cpu(lambda: load_sha256(load_stamps(tagged.body)))
    with open_body(tagged.body) as body:
        front = body.read(tagged.tag_length)

    def retag() -> bytes:
        return container.retag(front, tags=TAGS, duration=facts.duration, id3_version="2.4")

    after = retag()
    yield _cpu(retag)
    yield _cpu(lambda: container.check_retagged(front, after))


def _cpu(run: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        run()
        best = min(best, time.process_time() - begun)
    return best


if __name__ == "__main__":
    main()
