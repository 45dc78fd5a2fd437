"""Checked tables of the podcast namespace into the types of `pipeline.tags`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipeline import tags
from pipeline.workspace import tag_tables as tables
from pipeline.workspace.tag_tables import ChannelTagFields, ItemTagFields

#: The type that each table becomes; fields have equal names.
_TYPES: dict[type[BaseModel], type] = {
    tables.LinkTable: tags.Link,
    tables.LocationTable: tags.Location,
    tables.LicenseTable: tags.License,
    tables.SoundbiteTable: tags.Soundbite,
    tables.RemoteItemTable: tags.RemoteItem,
    tables.RecipientTable: tags.Recipient,
    tables.ValueSplitTable: tags.ValueSplit,
    tables.ValueTable: tags.Value,
    tables.ImageTable: tags.Image,
    tables.SocialInteractTable: tags.SocialInteract,
    tables.TxtTable: tags.Txt,
    tables.ChatTable: tags.Chat,
    tables.SourceTable: tags.Source,
    tables.AlternateTable: tags.Alternate,
    tables.UpdateFrequencyTable: tags.UpdateFrequency,
    tables.StreamTable: tags.Stream,
    tables.PersonTable: tags.Person,
    tables.LiveTable: tags.LiveItem,
}


def item_tags(file: ItemTagFields, *, root: Path) -> tags.ItemTags:
    """What an episode or a live item says; root is the folder that its pictures are named from."""
    return tags.ItemTags(**{field.name: _typed(getattr(file, field.name), root) for field in fields(tags.ItemTags)})


def channel_tags(file: ChannelTagFields, show: ChannelTagFields, *, root: Path) -> tags.ChannelTags:
    """What a feed says, or the show where it is silent; root is the workspace."""
    said = {name: getattr(file, name) for name in ChannelTagFields.model_fields}
    merged = {name: getattr(show, name) if value is None else value for name, value in said.items()}
    return tags.ChannelTags(**{name: _typed(value, root) for name, value in merged.items() if value is not None})


def _typed(value: Any, root: Path) -> Any:
    if isinstance(value, tuple):
        return tuple(_typed(one, root) for one in value)
    return _alike(_TYPES[type(value)], value, root=root) if isinstance(value, BaseModel) else value


def _alike(kind: type[Any], table: BaseModel, *, root: Path) -> Any:
    """A value of the type, with those of the table's fields that have the same names."""
    own = _own(table, root)
    names = [field.name for field in fields(kind)]
    return kind(**{name: own[name] if name in own else _typed(getattr(table, name), root) for name in names})


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
