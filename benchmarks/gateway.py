"""Feed fetches of many members through the gateway, beside nginx sending the same feed as a plain file."""

from __future__ import annotations

import http.client
import multiprocessing
import random
import time
from pathlib import Path

from benchmarks import measure, workspaces
from tests.clients.nginx import free_port, running_nginx
from tests.support.gateway import running_gateway

EPISODES = measure.sized(200, 60)
MEMBERS = 200
#: How often each asks without knowing the feed: once in so many.
FRESH_EVERY = 20
SECONDS = measure.sized(20, 4)
#: Requests a second that are asked for, over all connections.
RATE = 500
CONNECTIONS = 16


def report(folder: Path) -> str:
    """Measure both at the same rate of requests and say it in Markdown."""
    root = folder / "show"
    workspaces.write_catalogue(root, episodes=EPISODES)
    _gate(root)
    measure.run(measure.podwright("-C", str(root), "publish"))
    port = free_port()
    rows = []
    with (
        running_gateway(root) as gateway,
        running_nginx(folder / "nginx", port=port, locations=f"root {root / 'public'};"),
    ):
        names = "\n".join(f"member-{number},members" for number in range(MEMBERS))
        (root / "list.csv").write_text(f"name,feeds\n{names}\n")
        lines = gateway.members("import", str(root / "list.csv")).splitlines()[1:]
        paths = [line.split(",")[2].removeprefix("https://members.example.org") for line in lines]
        memory = [gateway.memory()]
        for name, at, wanted in (
            ("podwright gateway", gateway.port, paths),
            ("nginx, a plain file", port, ["/private/members.xml"]),
        ):
            rows.append((name, *_load(at, wanted)))
        memory.append(gateway.memory())
        _load(gateway.port, paths)
        memory.append(gateway.memory())
    table = [
        "| | requests/s | of them 304 | p50 ms | p99 ms | failures |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    table += [
        f"| {name} | {rate:,.0f} | {known:.0%} | {p50:.1f} | {p99:.1f} | {bad} |"
        for name, rate, known, p50, p99, bad in rows
    ]
    said = (
        f"{MEMBERS} members' apps ask for a feed of {EPISODES} episodes at {RATE} requests a second for {SECONDS} s, "
        f"one in {FRESH_EVERY} for all of it, the others with the version they have. Load, gateway and nginx share "
        "the machine."
    )
    before, once, twice = (f"{one:.0f} MiB" for one in memory)
    count = RATE * SECONDS
    kept = f"The gateway's memory: {before} before, {once} after {count:,} requests, {twice} after {2 * count:,}."
    return "\n".join(["## Members' feeds through the gateway", "", said, "", *table, "", kept, ""])


def _gate(root: Path) -> None:
    """A members' feed that carries everything."""
    settings = root / "podwright.toml"
    settings.write_text(settings.read_text() + '\n[access]\npublic = ["free"]\nmembers = ["gold"]\n')
    feed = next((root / "feeds").glob("*.toml"))
    (root / "feeds" / "members.toml").write_text(feed.read_text() + '\n[select]\naccess = ["free", "gold"]\n')


def _load(port: int, paths: list[str]) -> tuple[float, float, float, float, int]:
    """Requests a second, the share of 304, the median and the 99th percentile in ms, and failures."""
    with multiprocessing.Pool(2) as pool:
        jobs = [(port, paths, number) for number in range(2)]
        begun = time.monotonic()
        parts = pool.starmap(_drive, jobs)
        took = time.monotonic() - begun
    times = sorted(one for part in parts for one in part[0])
    known, bad = sum(part[1] for part in parts), sum(part[2] for part in parts)
    return (
        len(times) / took,
        known / len(times),
        1000 * times[len(times) // 2],
        1000 * times[len(times) * 99 // 100],
        bad,
    )


def _drive(port: int, paths: list[str], seed: int) -> tuple[list[float], int, int]:
    """Half of the load, evenly spread; a request that is late is counted from when it should have been sent."""
    chance = random.Random(seed)
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(CONNECTIONS // 2)]
    etags: dict[str, str] = {}
    times, known, bad = [], 0, 0
    begun = time.monotonic()
    for number in range(RATE * SECONDS // 2):
        due = begun + number * 2 / RATE
        while time.monotonic() < due:
            time.sleep(0.0005)
        path = chance.choice(paths)
        connection = connections[number % len(connections)]
        fresh = path not in etags or chance.random() < 1 / FRESH_EVERY
        connection.request("GET", path, headers={} if fresh else {"If-None-Match": etags[path]})
        answer = connection.getresponse()
        answer.read()
        times.append(time.monotonic() - due)
        etags[path] = answer.headers.get("ETag", "")
        known += answer.status == 304
        bad += answer.status not in (200, 304)
    return times, known, bad
