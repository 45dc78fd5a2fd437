"""Members are added, found by their tokens, and end when they are told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podwright.core.model import Overrides
from podwright.members.people import MembersError, parse_list
from podwright.members.register import Members, open_members
from tests.clients.postgres import Postgres, running_postgres
from tests.support.gateway import running_gateway
from tests.support.published import Place

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@dataclass(frozen=True)
class Database:
    """An empty database, and everything that it has on the disk."""

    url: str
    stored: Callable[[], bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.clients)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        files = tmp_path / "members"
        files.mkdir()
        return Database(
            f"sqlite:///{files / 'members.sqlite'}", lambda: b"".join(path.read_bytes() for path in files.iterdir())
        )
    server: Postgres = request.getfixturevalue("server")
    return Database(server.url(server.create_database()), server.stored)


@pytest.fixture
def people(database: Database) -> Iterator[Members]:
    with open_members(database.url) as members:
        yield members


def test_a_token_finds_its_member_and_no_other_text_does(people: Members) -> None:
    ada, bob = people.add([("Ada", ["gold"]), ("Bob", ["silver", "gold"])], now=NOW)
    assert people.find(ada.token) == ada.member
    assert people.find(bob.token) == bob.member
    for wrong in ("", ada.token[:-1], ada.token + "A", ada.token.swapcase(), "\udcff", "' OR 1=1 --"):
        assert people.find(wrong) is None


def test_tokens_are_long_and_stand_nowhere_in_the_database(people: Members, database: Database) -> None:
    issued = people.add([(f"m{number}", ["gold"]) for number in range(50)], now=NOW)
    assert len({one.token for one in issued}) == 50
    assert min(len(one.token) for one in issued) == 43
    files = database.stored()
    assert b"m49" in files
    assert not any(one.token.encode() in files for one in issued)


def test_nobody_but_its_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "members.sqlite"
    for mode in (None, 0o666):
        if mode is not None:
            path.chmod(mode)
        with open_members(f"sqlite:///{path}") as members:
            members.add([(f"Ada {mode}", ["gold"])], now=NOW)
            assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}


def test_a_rotated_token_ends_and_the_new_one_begins(people: Members) -> None:
    (old,) = people.add([("Ada", ["gold"])], now=NOW)
    new = people.rotate("Ada", now=LATER)
    assert people.find(old.token) is None
    assert people.find(new.token) == new.member
    assert (new.member.added, new.member.rotated) == (NOW, LATER)


def test_a_revoked_member_is_found_as_revoked_until_rotated(people: Members) -> None:
    (ada,) = people.add([("Ada", ["gold"])], now=NOW)
    people.revoke("Ada", now=NOW)
    assert people.revoke("Ada", now=LATER).revoked == NOW
    found = people.find(ada.token)
    assert found
    assert found.revoked == NOW
    assert people.rotate("Ada", now=LATER).member.revoked is None


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([("Ada", ["gold"])], "Ada: is a member already; rotate gives a new address"),
        ([("Eve", ["gold"]), ("Eve", ["gold"])], "Eve: is a member already; rotate gives a new address"),
        ([("", ["gold"])], "'': is no name; write 1 to 200 printable characters"),
        ([("a\nb", ["gold"])], r"'a\nb': is no name; write 1 to 200 printable characters"),
        ([("Eve", [])], "Eve: reads no feed; name one"),
        ([("Ada", ["gold"]), ("Eve", [])], "Ada: is a member already; rotate gives a new address\nEve: reads no feed"),
    ],
)
def test_what_cannot_be_added_is_told_all_at_once_and_nobody_is(
    people: Members, wanted: list[tuple[str, list[str]]], said: str
) -> None:
    people.add([("Ada", ["gold"])], now=NOW)
    with pytest.raises(MembersError) as caught:
        people.add([("Zoe", ["gold"]), *wanted], now=NOW)
    assert said in str(caught.value)
    assert [one.name for one in people.all()] == ["Ada"]


def test_a_member_who_is_changed_in_one_place_is_so_in_all_others(people: Members, database: Database) -> None:
    with open_members(database.url) as others:
        (ada,) = people.add([("Ada", ["gold"])], now=NOW)
        assert others.find(ada.token) == ada.member
        others.revoke("Ada", now=NOW)
        found = people.find(ada.token)
        assert found
        assert found.revoked == NOW
        renewed = people.rotate("Ada", now=LATER)
        assert others.find(ada.token) is None
        assert others.find(renewed.token) == renewed.member


def test_who_open_an_empty_database_at_once_all_get_it_and_one_of_them_adds_a_name(database: Database) -> None:
    def add(_: int) -> str:
        with open_members(database.url) as members:
            try:
                return members.add([("Ada", ["gold"])], now=NOW)[0].member.name
            except MembersError as error:
                return str(error).partition("; ")[0].partition(": ")[2]

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(add, range(6)))
    assert said.count("Ada") == 1
    assert set(said) <= {"Ada", "is a member already", "somebody else added the same member at this moment"}


@pytest.mark.clients
def test_a_connection_that_the_server_closed_is_opened_again(server: Postgres) -> None:
    name = server.create_database()
    with open_members(server.url(name)) as members:
        (ada,) = members.add([("Ada", ["gold"])], now=NOW)
        server.end_connections(name)
        assert members.find(ada.token) == ada.member


@pytest.mark.clients
def test_two_gateways_share_a_database_and_refuse_who_was_revoked_through_either(
    server: Postgres, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODWRIGHT_MEMBERS", server.url(server.create_database()))
    Place(sample, Overrides(), "https://podcast.example.org/", folder=sample / "public").publish()
    with running_gateway(sample) as one, running_gateway(sample) as two:
        address = one.members("add", "Ada", "--feed", "quick-take-gold")
        assert [gateway.ask(address)[0] for gateway in (one, two)] == [200, 200]
        two.members("revoke", "Ada")
        assert [gateway.ask(address)[0] for gateway in (one, two)] == [403, 403]
        renewed = one.members("rotate", "Ada")
        assert [gateway.ask(renewed)[0] for gateway in (one, two)] == [200, 200]
        assert [gateway.ask(address)[0] for gateway in (one, two)] == [403, 403]
        assert not list(sample.glob("*.sqlite"))


def test_who_is_no_member_cannot_be_changed(people: Members) -> None:
    with pytest.raises(MembersError, match="Eve: is no member; see podwright members list"):
        people.revoke("Eve", now=NOW)
    with pytest.raises(MembersError, match="Eve: is no member; see podwright members list"):
        people.rotate("Eve", now=NOW)


def test_a_list_is_read_as_spreadsheets_write_it() -> None:
    assert parse_list(b'\xef\xbb\xbfname,note,feeds\r\nAda,x,gold\r\n"Bo, Jr",,gold silver\r\n') == (
        ("Ada", ("gold",)),
        ("Bo, Jr", ("gold", "silver")),
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has no columns name and feeds"),
        (b"name;feeds\nAda;gold\n", "has no columns name and feeds"),
        (b"name,feeds\nAda\n,gold\n", "line 2: lacks a feed; add it\nline 3: lacks a name; add it"),
        (b"name,feeds\n\xff,gold\n", "is not UTF-8"),
    ],
)
def test_a_list_that_is_none_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(MembersError) as caught:
        parse_list(data)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "nosuch://host/db", "sqlite:////nowhere/at/all/members.sqlite"],
)
def test_a_database_that_cannot_be_had_is_told_without_its_address(url: str) -> None:
    with pytest.raises(MembersError, match="the members' database: ") as caught, open_members(url):
        pass
    assert url not in str(caught.value)
