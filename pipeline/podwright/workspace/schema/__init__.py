"""The four kinds of files that a producer writes, as models that check them and describe themselves to editors.

A file's model, and each table in it, becomes the type of `podwright.core` that it names, field by field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from podwright.core.finding import Finding
from podwright.workspace.documents import Document, FieldPath, field_name, field_problem, line_of, value_at
from podwright.workspace.schema.episode import EpisodeFile, LifetimeTable, SeasonFile
from podwright.workspace.schema.fields import FieldError, FreeText, Known, Table, TextOrTable, fields_of, typed
from podwright.workspace.schema.recipients import UnattendedTable
from podwright.workspace.schema.show import FeedFile, ShowFile
from podwright.workspace.values import kind_of, nearest, shown

__all__ = [
    "FILES",
    "EpisodeFile",
    "FeedFile",
    "Known",
    "LifetimeTable",
    "SeasonFile",
    "ShowFile",
    "Table",
    "UnattendedTable",
    "fields_of",
    "json_schema",
    "typed",
    "validate",
]

M = TypeVar("M", bound=BaseModel)

#: What was expected, by pydantic's error type (https://docs.pydantic.dev/latest/errors/validation_errors/).
_EXPECTED = {
    "model_type": "write `name: value` fields",
    "tuple_type": "write a list, even of one: […]",
}

#: Tables of podwright.toml in which something may be secret that belongs into the environment: a refusal does not
#: repeat what stands there.
_PRIVATE = (("storage",), ("unattended",), ("after",))

#: By the name of the kind.
FILES: dict[str, type[BaseModel]] = {
    "show": ShowFile,
    "feed": FeedFile,
    "season": SeasonFile,
    "episode": EpisodeFile,
}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one kind of file in FILES, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **FILES[kind].model_json_schema()}


def validate(model: type[M], document: Document, *, known: Known) -> tuple[M | None, tuple[Finding, ...]]:
    """Return the document's values, or None and every problem with them."""
    cut = {field: message for field in document.comments if (message := _cut(model, document, field))}
    findings = [field_problem(document, field, message=message) for field, message in cut.items()]
    try:
        values = model.model_validate(document.data, context=known)
    except ValidationError as error:
        return None, (*findings, *_problems(error, document, model=model, besides=cut))
    return None if findings else values, tuple(findings)


def _cut(model: type[BaseModel], document: Document, field: FieldPath) -> str | None:
    """Return what is wrong where a comment may be the end of a text; None where it can only be a comment.

    YAML cuts a text without quotes at a `#` behind a space (https://yaml.org/spec/1.2.2/#66-comments): who writes
    `The hashtag #garden is ours` does not mean that, and who writes `number: 3 # of 12` does.
    """
    comment, empty = document.comments[field], value_at(document, field) is None
    if re.match("#[^#\\s]", comment) if empty else _is_text(model, field):
        advice = "put quotes around the text, or the comment on a line of its own"
        return f"ends at {shown(comment)}, which YAML takes for a comment; {advice}"
    return None


def _problems(
    error: ValidationError, document: Document, *, model: type[BaseModel], besides: Collection[FieldPath]
) -> Iterator[Finding]:
    """Yield the problems of a document but for those of the fields `besides`, of which something was said."""
    for detail in error.errors(include_url=False):
        field: FieldPath = detail["loc"]
        kind = detail["type"]
        if any(field[: len(other)] == other for other in besides):
            continue
        if kind == "extra_forbidden":
            key = str(field[-1])
            advice = _belonging(model, field, toml=document.path.endswith(".toml"))
            yield _unknown(document, field, message=f"unknown key {shown(key)}; {advice}")
        elif kind == "missing":
            yield field_problem(document, field, message="is missing; add it")
        elif kind == "value_error":
            cause = detail["ctx"]["error"]
            at = cause.at if isinstance(cause, FieldError) else ()
            message = str(cause)
            if field[:1] in _PRIVATE:
                message = message.removeprefix(f"{shown(detail['input'])} ")
                field = field[:-2] if field[-1] == "[key]" else field
            yield field_problem(document, (*field, *at), message=message)
        else:
            message = f"is {kind_of(detail['input'])}; {_EXPECTED[kind]}"
            yield field_problem(document, field, message=message)


def _unknown(document: Document, field: FieldPath, *, message: str) -> Finding:
    """Return the problem of an unknown key, at its line; the field is its table, as the message names the key."""
    return Finding(document.path, message, line=line_of(document, field), field=field_name(field[:-1]))


# Where a key belongs

#: So many keys of a table are named to whom wrote another.
MOST_NAMED = 8
#: By kind of file, how its name is written.
_NAMED = {
    "show": "podwright.toml",
    "feed": "feeds/*.toml",
    "season": "season.toml",
    "episode": "episode.md",
}
#: What other tools' front matter says under a name of their own, and how it is said here.
_ELSEWHERE = {
    "date": "write published",
    "pubdate": "write published",
    "publish_date": "write published",
    "description": "write subtitle for one line, or put the text below the front matter",
    "summary": "write subtitle for one line, or put the text below the front matter",
    "notes": "put the text below the front matter",
    "status": "write draft: true for what is not to be published yet",
    "hidden": "write draft: true for what is not to be published yet",
    "publish": "write draft: true for what is not to be published yet",
    "private": "write draft: true for what is not to be published yet, or access for what is for members",
    "episode": "write number",
    "episode_number": "write number",
    "season": "put the episode's folder into the season's folder",
    "slug": "the folder's name is the episode's address",
    "permalink": "the folder's name is the episode's address",
    "audio": "put the file beside episode.md",
    "audio_url": "put the file beside episode.md",
    "enclosure": "put the file beside episode.md",
    "file": "put the file beside episode.md",
    "transcript": "put the file beside episode.md, as transcript.vtt",
    "image": "put the picture beside episode.md, as artwork.jpg or artwork.png",
    "cover": "put the picture beside episode.md, as artwork.jpg or artwork.png",
    "duration": "it is measured; take the line out",
    "length": "it is measured; take the line out",
    "author": "write authors, a list",
    "host": "write people, a list",
    "hosts": "write people, a list",
    "guest": "write people, a list, with role: guest",
    "guests": "write people, a list, with role: guest",
    "keywords": "write tags",
    "categories": "write tags, or section",
    "category": "write section",
}


def _belonging(model: type[BaseModel], field: FieldPath, *, toml: bool) -> str:
    """Return what to do about an unknown key: how it is spelt, or where else it is known."""
    key, is_top = str(field[-1]), len(field) == 1
    return (
        nearest(key, _names(model, field[:-1]))
        or _around(model, field, toml=toml)
        or (_ELSEWHERE.get(key.lower(), "") if model is EpisodeFile and is_top else "")
        or _belongs([_NAMED[kind] for kind, other in FILES.items() if key in other.model_fields])
        or _belongs(_tables_with(model, key))
        or _belongs([f"{name} of {file}" for file, other in _others(model) for name in _tables_with(other, key)])
        or ("delete it" if is_top else f"write one of {', '.join(_names(model, field[:-1])[:MOST_NAMED])}")
    )


def _tables_with(model: type[BaseModel], key: str) -> list[str]:
    """Return the tables of a file that may have a key."""
    return [name for name in model.model_fields if key in _names(model, (name,))]


def _others(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the other kinds of files, each with how it is named."""
    yield from ((_NAMED[kind], other) for kind, other in FILES.items() if other is not model)


def _belongs(places: Sequence[str]) -> str:
    return f"it belongs in {' or '.join(places[:3])}" if places else ""


def _around(model: type[BaseModel], field: FieldPath, *, toml: bool) -> str:
    """Return that a key belongs to what its table stands in, where that knows it; "" where it does not.

    In TOML all keys below `[table]` are the table's (https://toml.io/en/v1.0.0#table).
    """
    key = str(field[-1])
    for length in range(len(field) - 2, 0, -1):
        if isinstance(field[length - 1], str) and key in _names(model, field[:length]):
            return f"it belongs in {field_name(field[:length])}"
    if len(field) == 1 or key not in model.model_fields:
        return ""
    return "it belongs above the first [table]" if toml else "it belongs to the episode itself; do not indent it"


def _names(model: type[BaseModel], field: FieldPath) -> tuple[str, ...]:
    """Return the keys that the table at a path may have."""
    table = _table_at(model, field)
    return tuple(table.model_fields) if table else ()


def _table_at(model: type[BaseModel], field: FieldPath) -> type[BaseModel] | None:
    """Return the model of the table at a path; None where there is no table."""
    table: type[BaseModel] | None = model
    for part in field:
        if isinstance(part, str):
            if table is None or part not in table.model_fields:
                return None
            table = next(_models(table.model_fields[part].annotation), None)
    return table


def _is_text(model: type[BaseModel], field: FieldPath) -> bool:
    """Return whether a listener's text may stand at a path."""
    names = [part for part in field if isinstance(part, str)]
    table = _table_at(model, tuple(names[:-1])) if names else None
    if table is None or names[-1] not in table.model_fields:
        return False
    info = table.model_fields[names[-1]]
    return any(isinstance(mark, FreeText) for mark in (*info.metadata, *_marks(info.annotation))) or any(
        issubclass(one, TextOrTable) for one in _models(info.annotation)
    )


def _marks(annotation: Any) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _marks(part)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
