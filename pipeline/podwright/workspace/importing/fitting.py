"""Found fields made to fit the workspace's own schema: what is refused there is left out, and told with its reason."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import BaseModel

from podwright.core.finding import Finding
from podwright.workspace.documents import FORBIDDEN, Document, FieldPath
from podwright.workspace.importing.types import Fields
from podwright.workspace.schema import Known, validate

#: No table of a file is nested so deep that more rounds would help.
_ROUNDS = 16


def fitted(
    model: type[BaseModel], fields: Fields, *, where: str, line: int | None, known: Known
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return the fields that a file may have, its own before those that others share, and what is wrong with the rest.

    A required field may still be missing.
    """
    order = dict.fromkeys((*model.__annotations__, *model.model_fields))
    kept = {name: _cleaned(copy.deepcopy(fields[name])) for name in order if name in fields}
    refused: list[Finding] = []
    for _ in range(_ROUNDS):
        document = Document(path=where, data=kept, lines={(): line} if line else {})
        _, findings = validate(model, document, known=known)
        paths = [_path(finding.field) for finding in findings]
        removable = [path for path in paths if path[0] in kept]
        if not removable:
            break
        refused += [
            Finding(where, f"{finding.message}; left out", line=line, field=finding.field, level="warning")
            for finding, path in zip(findings, paths, strict=True)
            if path[0] in kept
        ]
        gone: list[FieldPath] = []
        # From the end, so that the numbers of what comes before stay right.
        for path in sorted(set(removable), key=_order, reverse=True):
            # What another problem removed, with all around it, is gone already.
            if not any(path[: len(other)] == other for other in gone):
                gone.append(_remove(kept, path))
        # A list of nothing says nothing.
        kept = {name: value for name, value in kept.items() if value != []}
    return kept, tuple(refused)


def _cleaned(value: Any) -> Any:
    """Return a value without characters that no file may hold."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return {name: _cleaned(one) for name, one in value.items()} if isinstance(value, dict) else value


def _path(field: str | None) -> FieldPath:
    return tuple(int(part) if part.isdecimal() else part for part in (field or "").split("."))


def _order(path: FieldPath) -> tuple[str, ...]:
    return tuple(f"{part:09}" if isinstance(part, int) else part for part in path)


def _remove(fields: Any, path: FieldPath) -> FieldPath:
    """Remove what stands at a path, or, where it is missing there, what it is missing in; return the path of that."""
    *before, last = path
    place, around = fields, fields
    for part in before:
        place, around = place[part], place
    if isinstance(place, dict) and last not in place:
        del around[before[-1]]
        return tuple(before)
    del place[last]
    return path
