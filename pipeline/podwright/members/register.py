"""The register: who may read which members' feeds, in a database that holds no token.

A member's address carries a token of 256 random bits. Only its SHA-256 is kept, so that who reads the database can
read no feed; a slow hash is for passwords, which can be guessed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podwright.members.people import Issued, Member, MembersError, keep_private

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine
# It comes with an extra.
if find_spec("sqlalchemy"):
    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError

#: In bytes.
TOKEN_LENGTH = 32
LONGEST_NAME = 200

_SCHEMA = """
CREATE TABLE IF NOT EXISTS member (
    name VARCHAR(200) PRIMARY KEY,
    feeds TEXT NOT NULL,
    token_hash CHAR(64) NOT NULL UNIQUE,
    added VARCHAR(40) NOT NULL,
    rotated VARCHAR(40),
    revoked VARCHAR(40)
)
"""


class Members:
    """An open list of members. Every method is one transaction and may be called from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def all(self) -> tuple[Member, ...]:
        """Return everybody, by name; those who were revoked, too."""
        with self._begin() as db:
            rows = db.exec_driver_sql("SELECT name, feeds, added, rotated, revoked FROM member ORDER BY name")
            return tuple(map(_parse, rows))

    def find(self, token: str) -> Member | None:
        """Return whose token it is, also where it was revoked; None for nobody's."""
        digest = _hash(token)
        with self._begin() as db:
            row = _select(db, "token_hash", digest)
        # The index found the hash, which tells nothing of the token; the comparison tells nothing by its time.
        return _parse(row[:5]) if row is not None and hmac.compare_digest(row[5], digest) else None

    def add(self, people: Iterable[tuple[str, Collection[str]]], *, now: datetime) -> tuple[Issued, ...]:
        """Add members, all or none. Raises MembersError naming all who are there already or have no proper name."""
        wanted = [(name.strip(), tuple(dict.fromkeys(feeds))) for name, feeds in people]
        with self._begin() as db:
            present = {row[0] for row in db.exec_driver_sql("SELECT name FROM member")}
            _check_new(wanted, present)
            issued = []
            for name, feeds in wanted:
                token = secrets.token_urlsafe(TOKEN_LENGTH)
                member = Member(name=name, feeds=feeds, added=now)
                _execute(
                    db,
                    "INSERT INTO member (name, feeds, token_hash, added) VALUES (:name, :feeds, :hash, :now)",
                    name=name,
                    feeds=json.dumps(feeds),
                    hash=_hash(token),
                    now=now.astimezone(UTC).isoformat(),
                )
                issued.append(Issued(member, token))
            return tuple(issued)

    def rotate(self, name: str, *, now: datetime) -> Issued:
        """Give a member a new token; the old one ends at once, and a revoked member may read again."""
        token = secrets.token_urlsafe(TOKEN_LENGTH)
        changes = "token_hash = :hash, rotated = :now, revoked = NULL WHERE name = :name"
        return Issued(self._change(changes, name=name, now=now, hash=_hash(token)), token)

    def revoke(self, name: str, *, now: datetime) -> Member:
        """End a member's token at once; the first time is kept."""
        return self._change("revoked = :now WHERE name = :name AND revoked IS NULL", name=name, now=now)

    def _change(self, changes: str, *, name: str, now: datetime, **values: str) -> Member:
        """Return a member after changes, which are SQL of ours. Raises MembersError where there is no such member."""
        with self._begin() as db:
            _require(db, name)
            _execute(db, f"UPDATE member SET {changes}", name=name, now=now.astimezone(UTC).isoformat(), **values)  # noqa: S608
            return _parse(_require(db, name)[:5])

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Connection]:
        with _wrapped(), self._engine.begin() as db:
            yield db


@contextlib.contextmanager
def open_members(url: str) -> Iterator[Members]:
    """Return the list at an SQLAlchemy address (`sqlite:///members.sqlite`, `postgresql+psycopg://…`), made if missing.

    Raises MembersError where the address, its driver or the database is not to be had; a password is never part of it.
    """
    if find_spec("sqlalchemy") is None:
        raise MembersError("members need libraries that are not here; pip install 'podwright[gateway]'")
    try:
        where = make_url(url)
        if where.get_backend_name() == "sqlite" and where.database and not where.database.startswith((":", "file:")):
            # Where it cannot be made, that is told below.
            with contextlib.suppress(MembersError):
                keep_private(Path(where.database))
        # A server may have closed a connection that was kept; a file closes none.
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ArgumentError, ImportError) as error:
        raise MembersError(
            "the members' database: its address or driver is not known; write sqlite:///members.sqlite, "
            "or postgresql+psycopg://… with psycopg installed"
        ) from error
    members = Members(engine)
    try:
        with _wrapped():
            _make(engine)
        yield members
    finally:
        members.close()


def _make(engine: Engine) -> None:
    """Make the table where there is none. PostgreSQL may refuse one of two who do so at once: then it is there."""
    for attempt in (1, 2):
        try:
            with engine.begin() as db:
                db.exec_driver_sql(_SCHEMA)
        except (IntegrityError, ProgrammingError):
            if attempt == 2:
                raise
        else:
            return


def _check_new(wanted: list[tuple[str, tuple[str, ...]]], present: set[str]) -> None:
    wrong, seen = [], set(present)
    for name, feeds in wanted:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            wrong.append(f"{name[:40]!r}: is no name; write 1 to {LONGEST_NAME} printable characters")
        elif name in seen:
            wrong.append(f"{name}: is a member already; rotate gives a new address")
        elif not feeds:
            wrong.append(f"{name}: reads no feed; name one")
        seen.add(name)
    if wrong:
        raise MembersError("\n".join(wrong))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _parse(row: Any) -> Member:
    name, feeds, added, rotated, revoked = row
    return Member(
        name=name,
        feeds=tuple(json.loads(feeds)),
        added=datetime.fromisoformat(added),
        rotated=datetime.fromisoformat(rotated) if rotated else None,
        revoked=datetime.fromisoformat(revoked) if revoked else None,
    )


def _select(db: Connection, column: str, value: str) -> Any:
    columns = "name, feeds, added, rotated, revoked, token_hash"
    # The column's name is one of ours; the value is bound.
    return _execute(db, f"SELECT {columns} FROM member WHERE {column} = :value", value=value).fetchone()  # noqa: S608


def _require(db: Connection, name: str) -> Any:
    row = _select(db, "name", name)
    if row is None:
        raise MembersError(f"{name}: is no member; see podwright members list")
    return row


def _execute(db: Connection, statement: str, **values: str) -> CursorResult[Any]:
    return db.execute(text(statement), values)


@contextlib.contextmanager
def _wrapped() -> Iterator[None]:
    """Raise what the database refuses without its address, which may hold a password."""
    try:
        yield
    except IntegrityError as error:
        raise MembersError(
            "the members' database: somebody else added the same member at this moment; see podwright members list"
        ) from error
    except DBAPIError as error:
        kind = type(error.orig).__name__ if error.orig else type(error).__name__
        raise MembersError(
            f"the members' database: cannot be used ({kind}); see that it runs and may be written"
        ) from error
    except SQLAlchemyError as error:
        raise MembersError(
            f"the members' database: cannot be used ({type(error).__name__}); see its address"
        ) from error
