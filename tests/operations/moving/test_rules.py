"""What each server can be told of addresses that moved, and what is left."""

from __future__ import annotations

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.operations.moving.rules import render_all, servers
from podwright.operations.moving.types import Moved, Rules

SERVERS = servers()


def moved(path: str, new: str = "https://new.example.org/a.mp3") -> Moved:
    return Moved(old=f"https://Old.example{path}", new=new)


def rules_of(server: str, moves: list[Moved]) -> Rules:
    """Return the rules for the one host, without its folder."""
    made = render_all(moves, server)
    return Rules(files={name.removeprefix("old.example/"): text for name, text in made.files.items()}, left=made.left)


def test_there_are_rules_for_each_server_of_the_manual() -> None:
    assert list(SERVERS) == ["apache", "caddy", "cloudflare", "cloudfront", "gitlab", "netlify", "nginx", "s3"]


@pytest.mark.parametrize("server", SERVERS)
def test_what_differs_in_its_query_alone_is_left(server: str) -> None:
    moves = [moved("/a.mp3?id=1"), moved("/a.mp3?id=2", "https://new.example.org/b.mp3"), moved("/b.mp3")]
    rules = rules_of(server, moves)
    assert rules.left == tuple(moves[:2])
    assert "new.example.org/a.mp3" in "".join(rules.files.values())
    same = rules_of(server, [moved("/a.mp3?id=1"), moved("/a.mp3?id=2")])
    assert same.left == ()


@pytest.mark.parametrize(
    ("server", "left"),
    [
        pytest.param("netlify", [moved("/a*.mp3"), moved("/:a/b.mp3"), moved(f"/{'a' * 1000}")], id="netlify"),
        pytest.param("gitlab", [moved("/a*.mp3")], id="gitlab"),
        pytest.param("cloudfront", [moved(f"/{'a' * 1024}")], id="cloudfront"),
        pytest.param("s3", [moved("/"), moved(f"/{'a' * 2048}")], id="s3"),
        pytest.param("apache", [moved("/a", "https://new.example.org/a%2Fb")], id="apache"),
        pytest.param("nginx", [moved("/a%0Ab")], id="nginx"),
        pytest.param("cloudflare", [moved("/a%00b")], id="cloudflare"),
    ],
)
def test_what_a_server_cannot_say_is_left(server: str, left: list[Moved]) -> None:
    rules = rules_of(server, [*left, moved("/plain")])
    assert sorted(rules.left, key=repr) == sorted(left, key=repr)


def test_netlify_puts_redirects_before_files_and_gitlab_says_that_they_are_permanent() -> None:
    lines = {server: rules_of(server, [moved("/a b.mp3")]).files["_redirects"] for server in ("netlify", "gitlab")}
    assert lines == {
        "netlify": "/a%20b.mp3 https://new.example.org/a.mp3 301!\n",
        "gitlab": "/a%20b.mp3 https://new.example.org/a.mp3 301\n",
    }


def test_cloudflare_takes_in_a_list_what_its_pages_do_not() -> None:
    moves = [moved(f"/{number}.mp3") for number in range(2001)]
    rules = rules_of("cloudflare", [*moves, moved("/star*.mp3")])
    assert rules.left == ()
    assert rules.files["_redirects"].count("\n") == 2000
    rows = list(csv.reader(rules.files["bulk-redirects.csv"].splitlines()))
    assert rows[0] == ["old.example/0.mp3", "https://new.example.org/a.mp3", "301"]
    assert len(rows) == 2002


paths = st.text(st.characters(exclude_categories=("Cs",)), max_size=12).map(lambda text: "/" + re.sub("[?#]", "", text))


@pytest.mark.parametrize("server", SERVERS)
@given(st.lists(st.builds(moved, paths, st.sampled_from(["https://new.example.org/a", "https://new.example.org/b"]))))
def test_no_line_is_broken_and_no_address_is_lost(server: str, moves: list[Moved]) -> None:
    rules = rules_of(server, moves)
    assert set(rules.left) <= set(moves)
    for text in rules.files.values():
        assert all(line.isprintable() for line in text.replace("\t", " ").split("\n"))
    said = {move.path for move in moves} - {move.path for move in rules.left}
    counts = [text.count("new.example.org") for text in rules.files.values() if "new.example.org" in text]
    assert max(counts, default=0) == len(said)
