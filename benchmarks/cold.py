"""A cold publish of 200 MP3s of 5 MB and 10 of 60 MB beside tools that only copy the same files."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3

from benchmarks import measure, workspaces
from tests.support.seaweed import running_seaweed

LARGE, SMALL = measure.sized(((10, 60_000_000), (200, 5_000_000)), ((1, 60_000_000), (20, 5_000_000)))
ROUNDS = measure.sized(3, 2)


def write_workspace(root: Path) -> None:
    """210 episodes whose audio is what the other tools copy."""
    workspaces.write_show(root)
    frames = workspaces.split_frames(workspaces.encode_frames(30))
    sizes = [LARGE[1]] * LARGE[0] + [SMALL[1]] * SMALL[0]
    for number, size in enumerate(sizes):
        folder = root / "episodes" / f"episode-{number:03}"
        workspaces.write_episode(folder, number=number, notes=1_000)
        workspaces.write_mp3(folder / "audio.mp3", frames=frames, size=size, start=number)


def write_files(root: Path, target: Path) -> None:
    """The same audio as plain files (hard links) for the other tools."""
    target.mkdir()
    for path in sorted(root.glob("episodes/*/audio.mp3")):
        (target / f"{path.parent.name}.mp3").hardlink_to(path)


def tools(
    endpoint: str, *, workspace: Path, files: Path, env: dict[str, str], label: str
) -> dict[str, Callable[[int], measure.Cost]]:
    """One function a tool: publish everything into a new bucket and return the cost."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    remote = f':s3,provider=Other,env_auth=true,endpoint="{endpoint}"'

    def into_new_bucket(name: str, command: Callable[[str], list[str]]) -> Callable[[int], measure.Cost]:
        def go(number: int) -> measure.Cost:
            bucket = f"{label}-{name}-{number}"
            client.create_bucket(Bucket=bucket)
            shutil.rmtree(workspace / ".podwright", ignore_errors=True)
            cost = measure.run(command(bucket), env=env)
            _empty(client, bucket)
            return cost

        return go

    def podwright(bucket: str) -> list[str]:
        where = ["--storage", f"s3://{bucket}", "--endpoint-url", endpoint, "--region", env["AWS_REGION"]]
        return measure.podwright("-C", str(workspace), *where, "publish")

    commands: dict[str, Callable[[str], list[str]]] = {
        "podwright": podwright,
        "s5cmd": lambda b: [measure.tool("s5cmd"), "--endpoint-url", endpoint, "sync", f"{files}/", f"s3://{b}/"],
        "aws": lambda b: [measure.tool("aws"), "s3", "sync", "--endpoint-url", endpoint, f"{files}/", f"s3://{b}/"],
        "rclone": lambda b: [measure.tool("rclone"), "--config", "", "sync", str(files), f"{remote}:{b}"],
    }
    return {name: into_new_bucket(name, command) for name, command in commands.items()}


def _empty(client: object, bucket: str) -> None:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)  # type: ignore[attr-defined]
    for page in pages:
        for found in page.get("Contents", ()):
            client.delete_object(Bucket=bucket, Key=found["Key"])  # type: ignore[attr-defined]
    client.delete_bucket(Bucket=bucket)  # type: ignore[attr-defined]


@contextlib.contextmanager
def running_rclone(folder: Path) -> Iterator[str]:
    """`rclone serve s3` on loopback; gives its endpoint."""
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [measure.tool("rclone"), "--config", "", "serve", "s3", "--addr", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        [*command, "--auth-key", "key,secret", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def report(folder: Path) -> str:
    """Measure against both servers and say it in Markdown."""
    workspace, files = folder / "workspace", folder / "files"
    write_workspace(workspace)
    write_files(workspace, files)
    note = (
        f"{SMALL[0]} files of 5 MB and {LARGE[0]} of 60 MB (128 kbit/s), interleaved, medians of "
        f"{ROUNDS}. podwright walks every frame, hashes, tags, and sends a SHA-256 that the store verifies and "
        "answers with, or else asks for each object afterwards; the others copy. New audio is not "
        'decoded here (`verify = "frames"`); decoding costs about 1.2 s of CPU for an hour of audio.'
    )
    sections = []
    with running_seaweed(folder / "seaweed") as server:
        env = {
            "AWS_ACCESS_KEY_ID": server.access_key,
            "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "AWS_REGION": "us-east-1",
        }
        made = tools(server.endpoint_url, workspace=workspace, files=files, env=env, label="cold")
        costs = measure.interleaved(made, rounds=ROUNDS)
        sections.append(measure.table("Cold publish to SeaweedFS", costs, note=note) + ratios(costs))
    with running_rclone(folder / "rclone") as endpoint:
        env = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
        made = tools(endpoint, workspace=workspace, files=files, env=env, label="cold")
        costs = measure.interleaved(made, rounds=ROUNDS)
        sections.append(measure.table("Cold publish to rclone serve s3", costs) + ratios(costs))
    return "\n".join(sections)


def ratios(costs: dict[str, measure.Cost]) -> str:
    """podwright against the best of the others."""
    own = costs["podwright"]
    others = [cost for name, cost in costs.items() if name != "podwright"]
    wall, cpu = min(c.wall for c in others), min(c.cpu for c in others)
    return f"\nAgainst the best of the others: wall {own.wall / wall:.2f} ×, client CPU {own.cpu / cpu:.2f} ×.\n"
