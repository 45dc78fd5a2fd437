"""The recipients of reports on unattended runs, read before anything else and even where the rest is wrong.

The most common reason why a run fails is a mistake in the workspace. So this looks at one table of one file, and where
that cannot be read, the recipients of the last run are told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podwright.core.errors import FormatError
from podwright.core.recipients import NOBODY, Unattended, unattended_from
from podwright.workspace.documents import Document, load_toml


@dataclass(frozen=True, slots=True)
class Known:
    """The recipients of an earlier run as JSON values, and the digest of the table that they were read from."""

    digest: str
    row: Mapping[str, Any]


def observe_unattended(root: Path, known: Known | None) -> tuple[Unattended, Known | None]:
    """Return who is told, and what to remember for the next run. Problems of the table are `load_show`'s to tell."""
    try:
        table = load_toml(root / "podwright.toml", name="podwright.toml").data.get("unattended")
    except FormatError:
        return _remembered(known), known
    if table is None:
        return NOBODY, None
    digest = hashlib.sha256(json.dumps(table, sort_keys=True, default=str).encode()).hexdigest()
    if known is None or known.digest != digest:
        row = _row(table)
        known = Known(digest, row) if row is not None else known
    return _remembered(known), known


def _row(table: Any) -> Mapping[str, Any] | None:
    # Reading files' models takes longer than a run with nothing to do.
    from podwright.workspace import schema

    document = Document(path="podwright.toml", data=table, lines={})
    values, _ = schema.validate(schema.UnattendedTable, document, known=schema.Known())
    return values.model_dump(mode="json") if values else None


def _remembered(known: Known | None) -> Unattended:
    return unattended_from(known.row) if known else NOBODY
