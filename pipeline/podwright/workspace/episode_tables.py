"""What an episode or its season may have several of: authors, credits, contacts, chapters and references."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import model_validator

from podwright.workspace import values
from podwright.workspace.fields import (
    Abstract,
    Amount,
    Day,
    Doi,
    Email,
    FieldError,
    Line,
    Offset,
    Pmid,
    Prose,
    Role,
    Table,
    TextOrTable,
    Truth,
    Url,
    Year,
    about,
)
from podwright.workspace.tag_tables import PersonTable


class AuthorTable(PersonTable):
    """Someone who wrote it."""

    role: Role = about("A role of the podcast taxonomy.", "author")


class CreditTable(Table):
    """An education credit."""

    kind: Line = about("The credit's name, like `AMA PRA Category 1`.")
    amount: Amount = about("How much of it, in its own unit.")
    released: Day | None = about("The first day it can be claimed.", None)
    reviewed: Day | None = about("The day on which the content was last looked through.", None)
    expires: Day | None = about("The last day it can be claimed.", None)
    provider: Line | None = about("Who grants it.", None)
    url: Url | None = about("Where it is claimed.", None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.released and self.expires and self.expires < self.released:
            raise FieldError("is before released; correct one of the two", at=("expires",))
        if self.released and self.reviewed and self.reviewed < self.released:
            raise FieldError("is before released; correct one of the two", at=("reviewed",))
        if self.reviewed and self.expires and self.expires < self.reviewed:
            raise FieldError("is before reviewed; correct one of the two", at=("expires",))
        return self


class ContactTable(Table):
    """Whom a listener writes to."""

    name: Line | None = about("A person or an office.", None)
    email: Email | None = about("An e-mail address.", None)
    url: Url | None = about("A page.", None)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.name or self.email or self.url):
            raise FieldError("is empty; give a name, an email or a url", at=())
        return self


class ChapterTable(TextOrTable):
    """A chapter, also written as one text: `00:00 Introduction`."""

    start: Offset = about("Where it begins: mm:ss or hh:mm:ss.")
    title: Line = about("What it is called.")
    end: Offset | None = about("Where it ends; default: where the next one begins.", None)
    url: Url | None = about("A page about it.", None)
    image: Line | None = about("A picture: a file in the episode's folder, or an address.", None)
    hidden: Truth = about("Whether it stands in no list, and only changes picture and link.", default=False)
    people: tuple[Line, ...] = about("Names of those who are heard in it.", ())

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        found = re.fullmatch(r"\s*([0-9:.]+)\s+(\S.*)", data)
        if not found:
            raise ValueError(f"{values.shown(data)} is not a chapter; write `00:00 Introduction`")
        return {"start": found[1], "title": found[2]}


class ReferenceTable(TextOrTable):
    """A work the episode discusses; also written as one text, the citation."""

    citation: Prose | None = about("The whole citation, in place of title, authors and so on.", None)
    authors: tuple[Line, ...] = about("Names as they are cited.", ())
    title: Prose | None = about("The work's title.", None)
    journal: Line | None = about("Where it appeared.", None)
    year: Year | None = about("When it appeared.", None)
    volume: Line | None = about("The journal's volume.", None)
    issue: Line | None = about("The volume's issue.", None)
    pages: Line | None = about("Pages, like 101-109.", None)
    doi: Doi | None = about("The DOI, bare.", None)
    pmid: Pmid | None = about("The PubMed identifier.", None)
    url: Url | None = about("Where the work can be read.", None)
    abstract: Abstract = about("The abstract: one text, or its sections by heading.", ())

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return {"citation": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.citation is None) == (self.title is None):
            raise FieldError("needs either a title or a citation; write one of the two", at=())
        return self
