"""The cost of a large catalogue: the first build, a publish with nothing to do, and one changed episode."""

from __future__ import annotations

import shutil
from pathlib import Path

import boto3

from benchmarks import measure, workspaces
from tests.support.seaweed import running_seaweed

SIZES = measure.sized((1_000, 10_000), (300,))
ROUNDS = 3


def report(folder: Path) -> str:
    """Measure on a local folder and on SeaweedFS and say it in Markdown."""
    sections = []
    local: dict[str, measure.Cost] = {}
    for size in SIZES:
        root = folder / f"catalogue-{size}"
        workspaces.write_catalogue(root, episodes=size)
        publish = measure.podwright("-C", str(root), "publish")
        local[f"first build of {size:,}"] = measure.run(publish)
        local.update(_again(root, publish, label=f"of {size:,}"))
    note = "Episodes with 2 KB of notes, key points, a transcript and four seconds of audio; each figure a median of 3."
    sections.append(measure.table("A catalogue in a local folder", local, note=note))
    root = folder / f"catalogue-{SIZES[-1]}"
    shutil.rmtree(root / ".podwright")
    with running_seaweed(folder / "seaweed") as server:
        env = {
            "AWS_ACCESS_KEY_ID": server.access_key,
            "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "AWS_REGION": "us-east-1",
        }
        boto3.client(
            "s3",
            endpoint_url=server.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
        ).create_bucket(Bucket="catalogue")
        where = ["--storage", "s3://catalogue", "--endpoint-url", server.endpoint_url, "--region", "us-east-1"]
        publish = measure.podwright("-C", str(root), *where, "publish")
        remote = {f"first publish of {SIZES[-1]:,}": measure.run(publish, env=env)}
        remote.update(_again(root, publish, label=f"of {SIZES[-1]:,}", env=env))
        sections.append(measure.table("The same catalogue in SeaweedFS", remote))
    return "\n".join(sections)


def _again(root: Path, publish: list[str], *, label: str, env: dict[str, str] | None = None) -> dict[str, measure.Cost]:
    measure.run(publish, env=env)
    nothing = measure.median([measure.run(publish, env=env) for _ in range(ROUNDS)])
    costs = []
    for number in range(ROUNDS):
        path = root / "episodes" / f"episode-{number + 7:05}" / "episode.md"
        path.write_text(path.read_text().replace("title: ", "title: Edited ", 1))
        costs.append(measure.run(publish, env=env))
    return {f"nothing to do {label}": nothing, f"one changed {label}": measure.median(costs)}
