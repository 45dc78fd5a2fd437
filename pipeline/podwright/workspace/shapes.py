"""Checked tables into the frozen types that have fields of the same names."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from podwright.core import model, tags
from podwright.workspace import tag_tables as tables
from podwright.workspace.episode_tables import AuthorTable, ContactTable, CreditTable, ReferenceTable
from podwright.workspace.show_tables import OwnerTable
from podwright.workspace.tag_tables import ChannelTagFields, ItemTagFields

T = TypeVar("T")

#: The type that each table becomes.
_TYPES: dict[type[BaseModel], type] = {
    AuthorTable: model.Person,
    ContactTable: model.Contact,
    CreditTable: model.Credit,
    OwnerTable: model.Owner,
    ReferenceTable: model.Reference,
    tables.AlternateTable: tags.Alternate,
    tables.ChatTable: tags.Chat,
    tables.ImageTable: tags.Image,
    tables.LicenseTable: tags.License,
    tables.LinkTable: tags.Link,
    tables.LiveTable: tags.LiveItem,
    tables.LocationTable: tags.Location,
    tables.PersonTable: tags.Person,
    tables.RecipientTable: tags.Recipient,
    tables.RemoteItemTable: tags.RemoteItem,
    tables.SocialInteractTable: tags.SocialInteract,
    tables.SoundbiteTable: tags.Soundbite,
    tables.SourceTable: tags.Source,
    tables.StreamTable: tags.Stream,
    tables.TxtTable: tags.Txt,
    tables.UpdateFrequencyTable: tags.UpdateFrequency,
    tables.ValueSplitTable: tags.ValueSplit,
    tables.ValueTable: tags.Value,
}
_ITEM_TAGS = frozenset(ItemTagFields.model_fields)


def shaped(kind: type[T], table: BaseModel | None) -> T | None:
    """A table without pictures as the type that it becomes."""
    value = _shape(table, Path())
    assert value is None or type(value) is kind  # noqa: S101 - the caller names the type for the type checker
    return value


def shapes(kind: type[T], rows: tuple[BaseModel, ...]) -> tuple[T, ...]:
    """Tables without pictures as the type that they become."""
    found = tuple(_shape(row, Path()) for row in rows)
    assert all(type(value) is kind for value in found)  # noqa: S101 - as above
    return found


def item_tags(file: ItemTagFields, *, root: Path) -> tags.ItemTags:
    """What an episode or a live item says; root is the folder that its pictures are named from."""
    if file.model_fields_set.isdisjoint(_ITEM_TAGS):
        return tags.NO_ITEM_TAGS
    return tags.ItemTags(**{field.name: _shape(getattr(file, field.name), root) for field in fields(tags.ItemTags)})


def channel_tags(file: ChannelTagFields, show: ChannelTagFields, *, root: Path) -> tags.ChannelTags:
    """What a feed says, or the show where it is silent; root is the workspace."""
    said = {name: getattr(file, name) for name in ChannelTagFields.model_fields}
    merged = {name: getattr(show, name) if value is None else value for name, value in said.items()}
    return tags.ChannelTags(**{name: _shape(value, root) for name, value in merged.items() if value is not None})


def _shape(value: Any, root: Path) -> Any:
    if isinstance(value, tuple):
        return tuple(_shape(one, root) for one in value)
    if not isinstance(value, BaseModel):
        return value
    kind, own = _TYPES[type(value)], _own(value, root)
    names = [field.name for field in fields(kind)]
    return kind(**{name: own[name] if name in own else _shape(getattr(value, name), root) for name in names})


def _own(table: BaseModel, root: Path) -> dict[str, Any]:
    """The values that a table does not have under the same name."""
    if isinstance(table, tables.AlternateTable):
        return {"default": False, "integrity": _integrity(table)}
    if isinstance(table, tables.ImageTable):
        return {"file": root / table.file if table.file else None}
    if isinstance(table, tables.PersonTable):
        return {"group": table.full_group}
    if isinstance(table, tables.LiveTable):
        return {"tags": item_tags(table, root=root)}
    return {}


def _integrity(table: tables.AlternateTable) -> tags.Integrity | None:
    if table.sri:
        return tags.Integrity(type="sri", value=table.sri)
    return tags.Integrity(type="pgp-signature", value=table.pgp_signature) if table.pgp_signature else None
