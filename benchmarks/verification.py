"""What it costs to verify every upload: `python -m benchmarks.verification [--rounds N]`.

The same cold publish of 100 recordings of 5 MB by podwright as it is, and by one that trusts everybody: it sends no
checksum, asks for nothing that it has sent, and does not look whether a source changed. The digests that feeds and the
manifest name are made in both.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import measure, workspaces
from podwright.core.artifact import CHUNK, Artifact, Body, body_size, open_body
from podwright.stores import Advance, Stored, local
from podwright.stores.s3 import compose, put
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.put import object_headers
from tests.support.seaweed import Seaweed, running_seaweed

COUNT, SIZE = 100, 5_000_000
VERIFYING, TRUSTING = "verifying", "trusting"


def put_trusted(
    bucket: Bucket, artifact: Artifact, body: Body, *, progress: Advance | None, proof: bool = False
) -> str | None:
    """Send a body to a bucket that is believed to keep it."""
    del proof
    with put.sending(body, progress) as source:
        done = bucket.client.put_object(
            Body=source, ContentLength=body_size(body), **bucket.at(artifact.key), **object_headers(artifact)
        )
    return done["ETag"].strip('"')


def trusted(_: Bucket, artifact: Artifact) -> Stored:
    """What a bucket is believed to have."""
    return Stored(artifact.key, artifact.size, "", artifact.sha256)


def trusted_blocks(artifact: Artifact, body: Body, progress: Advance | None) -> Iterator[memoryview]:
    """The blocks of a body, whatever they are."""
    del artifact
    buffer = memoryview(bytearray(CHUNK))
    with open_body(body) as reader:
        while count := reader.readinto(buffer):
            yield buffer[:count]
            if progress is not None:
                progress(count)


def publish(how: str, arguments: list[str]) -> None:
    """`podwright`, perhaps with stores that trust; both are started alike."""
    from podwright.cli import main as podwright

    if how == TRUSTING:
        put.put_whole = put_trusted
        put.check_readable = lambda _: None
        compose.observe_same = trusted
        local._verified_blocks = trusted_blocks
    podwright(arguments)


def write_workspace(root: Path) -> None:
    """Episodes of one size."""
    workspaces.write_show(root)
    frames = workspaces.split_frames(workspaces.encode_frames(30))
    for number in range(COUNT):
        folder = root / "episodes" / f"episode-{number:03}"
        workspaces.write_episode(folder, number=number, notes=1_000)
        workspaces.write_mp3(folder / "audio.mp3", frames=frames, size=SIZE, start=number)


def tools(root: Path, server: Seaweed | None, folder: Path) -> dict[str, Callable[[int], measure.Cost]]:
    """Both, each into a new place every time."""

    def into_new_place(how: str) -> Callable[[int], measure.Cost]:
        def go(number: int) -> measure.Cost:
            shutil.rmtree(root / ".podwright", ignore_errors=True)
            with _place(f"{how}-{number}", server, folder) as where:
                command = [sys.executable, "-m", "benchmarks.verification", how, "-C", str(root), *where, "publish"]
                return measure.run(command, env=server.environment if server else {})

        return go

    return {how: into_new_place(how) for how in (VERIFYING, TRUSTING)}


@contextlib.contextmanager
def _place(name: str, server: Seaweed | None, folder: Path) -> Iterator[list[str]]:
    if server is None:
        yield ["--storage", f"file:{folder / name}"]
        shutil.rmtree(folder / name)
        return
    server.create_bucket(name)
    yield ["--storage", f"s3://{name}", "--endpoint-url", server.endpoint_url, "--region", "us-east-1"]
    server.delete_bucket(name)


def report(folder: Path, *, rounds: int) -> str:
    """Measure both stores and say it in Markdown."""
    root = folder / "show"
    write_workspace(root)
    with running_seaweed(folder / "seaweed") as server:
        sections = [_section("SeaweedFS", tools(root, server, folder), rounds=rounds)]
    sections.append(_section("a folder", tools(root, None, folder), rounds=rounds))
    return "\n".join(sections)


def _section(name: str, made: dict[str, Callable[[int], measure.Cost]], *, rounds: int) -> str:
    costs = measure.interleaved(made, rounds=rounds)
    wall, cpu = (getattr(costs[VERIFYING], one) / getattr(costs[TRUSTING], one) for one in ("wall", "cpu"))
    title = f"{COUNT} recordings of {SIZE / 1e6:.0f} MB, cold, to {name}"
    note = f"Medians of {rounds}, interleaved."
    return f"{measure.table(title, costs, note=note)}\nWith verification: wall {wall:.2f} ×, CPU {cpu:.2f} ×.\n"


def main() -> None:
    if sys.argv[1:2] in ([VERIFYING], [TRUSTING]):
        publish(sys.argv[1], sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verification", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podwright-bench-") as name:
        print(report(Path(name), rounds=asked.rounds))


if __name__ == "__main__":
    main()
