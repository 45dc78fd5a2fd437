"""Peak memory of publishing one very large file."""

from __future__ import annotations

from pathlib import Path

import boto3

from benchmarks import measure, workspaces
from tests.support.seaweed import running_seaweed

SIZE = measure.sized(500_000_000, 100_000_000)


def report(folder: Path) -> str:
    """Publish a long episode to a folder and to SeaweedFS."""
    root = folder / "workspace"
    workspaces.write_show(root)
    episode = root / "episodes" / "long"
    workspaces.write_episode(episode, number=1, notes=1_000)
    frames = workspaces.split_frames(workspaces.encode_frames(30))
    workspaces.write_mp3(episode / "audio.mp3", frames=frames, size=SIZE, start=0)
    costs = {"to a folder": measure.run(measure.podwright("-C", str(root), "publish"))}
    with running_seaweed(folder / "seaweed") as server:
        keys = {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
        client = boto3.client(
            "s3",
            endpoint_url=server.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=server.access_key,
            aws_secret_access_key=server.secret_key,
        )
        client.create_bucket(Bucket="long")
        where = ["--storage", "s3://long", "--endpoint-url", server.endpoint_url, "--region", "us-east-1"]
        costs["to SeaweedFS"] = measure.run(measure.podwright("-C", str(root), *where, "publish"), env=keys)
    return measure.table(f"One episode of {SIZE // 1_000_000} MB", costs)
