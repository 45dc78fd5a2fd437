"""The four kinds of files that a producer writes, as models that check them and describe themselves to editors.

A file's model, and each table in it, becomes the type of `podwright.core` that it names, field by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from podwright.core.finding import Finding
from podwright.workspace.documents import Document, FieldPath, field_name, field_problem, line_of
from podwright.workspace.schema.episode import EpisodeFile, LifetimeTable, SeasonFile
from podwright.workspace.schema.fields import FieldError, Known, Table, fields_of, typed
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
    try:
        return model.model_validate(document.data, context=known), ()
    except ValidationError as error:
        return None, tuple(_problems(error, document, model=model))


def _problems(error: ValidationError, document: Document, *, model: type[BaseModel]) -> Iterator[Finding]:
    for detail in error.errors(include_url=False):
        field: FieldPath = detail["loc"]
        kind = detail["type"]
        if kind == "extra_forbidden":
            key = str(field[-1])
            advice = nearest(key, _names(model, field[:-1])) or "delete it"
            yield _unknown(document, field, message=f"unknown key {shown(key)}; {advice}")
        elif kind == "missing":
            yield field_problem(document, field, message="is missing; add it")
        elif kind == "value_error":
            cause = detail["ctx"]["error"]
            at = cause.at if isinstance(cause, FieldError) else ()
            yield field_problem(document, (*field, *at), message=str(cause))
        else:
            message = f"is {kind_of(detail['input'])}; {_EXPECTED[kind]}"
            yield field_problem(document, field, message=message)


def _unknown(document: Document, field: FieldPath, *, message: str) -> Finding:
    """Return the problem of an unknown key, at its line; the field is its table, as the message names the key."""
    return Finding(document.path, message, line=line_of(document, field), field=field_name(field[:-1]))


def _names(model: type[BaseModel], field: FieldPath) -> tuple[str, ...]:
    """Return the keys that the table at a path may have."""
    for part in field:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation))
    return tuple(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
