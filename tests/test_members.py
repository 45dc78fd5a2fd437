"""Members are added, found by their tokens, and end when they are told to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.members import Members, MembersError, open_members, parse_list

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Members]:
    with open_members(f"sqlite:///{tmp_path / 'members.sqlite'}") as members:
        yield members


def test_a_token_finds_its_member_and_no_other_text_does(people: Members) -> None:
    ada, bob = people.add([("Ada", ["gold"]), ("Bob", ["silver", "gold"])], now=NOW)
    assert people.find(ada.token) == ada.member
    assert people.find(bob.token) == bob.member
    for wrong in ("", ada.token[:-1], ada.token + "A", ada.token.swapcase(), "\udcff", "' OR 1=1 --"):
        assert people.find(wrong) is None


def test_tokens_are_long_and_stand_nowhere_in_the_database(people: Members, tmp_path: Path) -> None:
    issued = people.add([(f"m{number}", ["gold"]) for number in range(50)], now=NOW)
    assert len({one.token for one in issued}) == 50
    assert min(len(one.token) for one in issued) == 43
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"m49" in files
    assert not any(one.token.encode() in files for one in issued)


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
