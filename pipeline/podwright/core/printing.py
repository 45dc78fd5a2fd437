"""Printed values, of which digests in manifests are made (docs/decisions/digests-of-printed-values.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any


def print_set(value: Any, *, later: Collection[str]) -> str:
    """Return a frozen value as `repr` prints it, without those of its later fields that are absent.

    later: names of fields that came after stores were written. An episode that does without them has the digests that
    it always had.
    """
    names = (field.name for field in fields(value))
    shown = (name for name in names if name not in later or getattr(value, name) is not None)
    return f"{type(value).__qualname__}({', '.join(f'{name}={getattr(value, name)!r}' for name in shown)})"
