"""The types of single fields in a producer's files: how each is parsed, refused, and described to editors."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from podwright.core.model import (
    NOTES_PARTS,
    AbstractSection,
    Category,
    Ending,
    Leads,
    NotesPart,
    Period,
    WithdrawPolicy,
)
from podwright.stores.schemes import SCHEMES
from podwright.workspace import dates, storage, values
from podwright.workspace.documents import FieldPath
from podwright.workspace.vocabularies import CATEGORIES, ROLES, TAXONOMY


class FieldError(ValueError):
    """A value contradicts another; `at` leads from the value that was checked to the field at fault."""

    def __init__(self, message: str, *, at: FieldPath) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that a show's settings allow in its other files; None: any, as the settings themselves are wrong.

    sections: () where the show lists none, and every name is allowed. members: the tiers that are not public.
    """

    zone: dt.tzinfo = dt.UTC
    tiers: tuple[str, ...] | None = None
    tier_names: tuple[tuple[str, str], ...] = ()
    members: tuple[str, ...] | None = None
    sections: tuple[str, ...] = ()
    seasons: tuple[str, ...] | None = None


def _known(info: ValidationInfo) -> Known:
    return info.context if isinstance(info.context, Known) else Known()


def _listed(value: Any, known: tuple[str, ...] | None, *, what: str) -> str:
    name = values.line(value)
    if known is not None and name not in known:
        advice = values.nearest(name, known) or f"write one of {', '.join(known) or 'none'}"
        raise ValueError(f"{values.shown(name)} is not {what}; {advice}")
    return name


def _section(value: Any, info: ValidationInfo) -> str:
    return _listed(value, _known(info).sections or None, what="one of the show's sections")


def _tier(value: Any, info: ValidationInfo) -> str:
    return _listed(_plain_tier(value, info), _known(info).tiers, what="an access tier of podwright.toml")


def _plain_tier(value: Any, info: ValidationInfo) -> Any:
    """Return the name of a tier that is written as listeners know it: `Silver extended`."""
    known = _known(info)
    if not isinstance(value, str) or value in (known.tiers or ()):
        return value
    called = {name.casefold(): tier for tier, name in known.tier_names}
    plain = values.slugify(value)
    return called.get(value.strip().casefold()) or (plain if plain in (known.tiers or (plain,)) and plain else value)


def _role(value: Any) -> str:
    word = values.line(value).lower()
    if word not in ROLES:
        advice = values.nearest(word, ROLES) or "write what they are as position, and leave role out"
        raise ValueError(f"{values.shown(value)} is not a role of the podcast taxonomy; {advice}")
    return word


def _season(value: Any, info: ValidationInfo) -> str:
    return _listed(value, _known(info).seasons, what="a season, a folder in episodes/ with a season.toml")


def _published(value: Any, info: ValidationInfo) -> dt.datetime:
    return dates.moment(value, _known(info).zone)


def _end(value: Any, info: ValidationInfo) -> dt.datetime:
    return dates.last_moment(value, _known(info).zone)


def _ending(value: Any, info: ValidationInfo) -> Ending:
    return _ending_by(value, info, read=dates.moment)


def _last_ending(value: Any, info: ValidationInfo) -> Ending:
    return _ending_by(value, info, read=dates.last_moment)


def _ending_by(value: Any, info: ValidationInfo, *, read: Callable[[Any, dt.tzinfo], dt.datetime]) -> Ending:
    if isinstance(value, dt.date) or (isinstance(value, str) and _BEGINS_AS_DATE.match(value)):
        return read(value, _known(info).zone)
    if _is_never(value):
        return "never"
    try:
        return dates.period(value)
    except ValueError as error:
        message = f"{values.shown(value)} is no date and no period; write 2029-03-01, or 3 years, or never"
        raise ValueError(message) from error


def _leads(value: Any, info: ValidationInfo) -> Leads:
    if _is_never(value):
        return "never"
    rows = value.items() if isinstance(value, dict) else None
    if rows is None:
        raise ValueError(f"is {values.kind_of(value)}; write how long before by tier, like {{gold: 1 week}}, or never")
    leads: list[tuple[str, Period | None]] = []
    for tier, length in rows:
        try:
            name = _listed(_plain_tier(tier, info), _known(info).members, what="a members' tier of podwright.toml")
            leads.append((name, None if _is_never(length) else dates.period(length)))
        except ValueError as error:
            raise FieldError(str(error), at=(tier,)) from error
    return tuple(leads)


def _is_never(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() == "never"


def _zone(value: Any) -> str:
    dates.zone_named(value)
    return values.line(value)


def _abstract(value: Any) -> tuple[AbstractSection, ...]:
    if not isinstance(value, dict):
        return (AbstractSection(heading=None, text=values.prose(value)),)
    sections = []
    for heading, text in value.items():
        try:
            sections.append(AbstractSection(heading=values.line(heading), text=values.prose(text)))
        except ValueError as error:
            raise FieldError(str(error), at=(heading,)) from error
    return tuple(sections)


_BEGINS_AS_DATE = re.compile(r"\s*[0-9]+[-/.]")
_WHEN = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?.*)?$"}
_PERIOD = {"type": "string", "pattern": r"^(P([0-9]+[YMWD])+|([0-9]+ (year|month|week|day)s?[, ]*)+)$"}
_NEVER = {"const": "never"}
_ENDING = {"anyOf": [_WHEN, _NEVER, _PERIOD]}
_LEADS = {"anyOf": [_NEVER, {"type": "object", "additionalProperties": {"anyOf": [_NEVER, _PERIOD]}}]}
_CATEGORY_NAMES = [*CATEGORIES, *(f"{name} > {sub}" for name, subs in CATEGORIES.items() for sub in subs)]


class FreeText:
    """A mark of types whose values are texts that listeners read, in which any character may stand."""


Line = Annotated[
    str, FreeText(), BeforeValidator(values.line), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255})
]
Prose = Annotated[str, FreeText(), BeforeValidator(values.prose), WithJsonSchema({"type": "string", "minLength": 1})]
Description = Annotated[
    str,
    FreeText(),
    BeforeValidator(values.description),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 4000}),
]
Slug = Annotated[
    str, BeforeValidator(values.slug), WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"})
]
#: A name in addresses; written as listeners know it, it is made into one.
TierName = Annotated[str, BeforeValidator(values.slug), WithJsonSchema({"type": "string", "minLength": 1})]
Truth = Annotated[bool, BeforeValidator(values.truth), WithJsonSchema({"type": "boolean"})]
Count = Annotated[
    int, BeforeValidator(values.count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 1_000})
]
Whole = Annotated[int, BeforeValidator(values.whole), WithJsonSchema({"type": "integer", "minimum": 1})]
Year = Annotated[
    int, BeforeValidator(values.year), WithJsonSchema({"type": "integer", "minimum": 1000, "maximum": 2999})
]
Amount = Annotated[Decimal, BeforeValidator(values.amount), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]
Url = Annotated[
    str, BeforeValidator(values.url), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
Email = Annotated[str, BeforeValidator(values.email), WithJsonSchema({"type": "string", "format": "email"})]
Language = Annotated[str, BeforeValidator(values.language), WithJsonSchema({"type": "string", "examples": ["en-US"]})]
Day = Annotated[dt.date, BeforeValidator(dates.day), WithJsonSchema({"type": "string", "format": "date"})]
Offset = Annotated[
    dt.timedelta,
    BeforeValidator(dates.offset),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}([.,][0-9]{1,9})?$"}),
]
#: One text or several, each of which may have paragraphs and lists.
Texts = Annotated[
    tuple[Prose, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string", "minLength": 1}}]}),
]
Part = Annotated[
    NotesPart,
    BeforeValidator(values.one_of(*NOTES_PARTS)),
    WithJsonSchema({"type": "string", "enum": list(NOTES_PARTS)}),
]
Role = Annotated[str, BeforeValidator(_role), WithJsonSchema({"type": "string", "enum": list(ROLES)})]
Group = Annotated[
    str, BeforeValidator(values.one_of(*TAXONOMY)), WithJsonSchema({"type": "string", "enum": list(TAXONOMY)})
]
AppleCategory = Annotated[
    Category, BeforeValidator(values.category), WithJsonSchema({"type": "string", "enum": _CATEGORY_NAMES})
]
Section = Annotated[str, FreeText(), BeforeValidator(_section), WithJsonSchema({"type": "string"})]
Tier = Annotated[str, BeforeValidator(_tier), WithJsonSchema({"type": "string"})]
SeasonName = Annotated[str, BeforeValidator(_season), WithJsonSchema({"type": "string"})]
Guid = Annotated[
    str, BeforeValidator(values.guid), WithJsonSchema({"type": "string", "maxLength": values.LONGEST_GUID})
]
FeedGuid = Annotated[str, BeforeValidator(values.feed_guid), WithJsonSchema({"type": "string", "format": "uuid"})]
Markup = Annotated[str, BeforeValidator(values.element), WithJsonSchema({"type": "string", "pattern": "^\\s*<"})]
Doi = Annotated[str, BeforeValidator(values.doi), WithJsonSchema({"type": "string", "examples": ["10.1000/182"]})]
Pmid = Annotated[str, BeforeValidator(values.pmid), WithJsonSchema({"type": ["string", "integer"]})]
Zone = Annotated[str, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["America/New_York"]})]
StorageUrl = Annotated[
    str,
    BeforeValidator(storage.storage_url),
    WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(scheme.start for scheme in SCHEMES.values())})."}),
]
BareUrl = Annotated[
    str, BeforeValidator(values.bare_url), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
BaseUrl = Annotated[
    str, BeforeValidator(values.base_url), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
Region = Annotated[str, BeforeValidator(storage.region), WithJsonSchema({"type": "string"})]
Published = Annotated[dt.datetime, BeforeValidator(_published), WithJsonSchema(_WHEN)]
End = Annotated[dt.datetime, BeforeValidator(_end), WithJsonSchema(_WHEN)]
LastDay = Annotated[Ending, BeforeValidator(_last_ending), WithJsonSchema(_ENDING)]
FirstDay = Annotated[Ending, BeforeValidator(_ending), WithJsonSchema(_ENDING)]
EarlyLeads = Annotated[Leads, BeforeValidator(_leads), WithJsonSchema(_LEADS)]
Policy = Annotated[
    WithdrawPolicy,
    BeforeValidator(values.one_of(*get_args(WithdrawPolicy))),
    WithJsonSchema({"type": "string", "enum": list(get_args(WithdrawPolicy))}),
]


Abstract = Annotated[
    tuple[AbstractSection, ...],
    FreeText(),
    BeforeValidator(_abstract),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]


def about(text: str, default: Any = ...) -> Any:
    """Return a field with its description; required unless a default is given."""
    return Field(default, description=text)


class Table(BaseModel):
    """A table without unknown keys, in which a key without a value counts as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The type that a table of this kind becomes: `class LinkTable(Table, becomes=Link)`.
    becomes: ClassVar[type | None] = None

    def __init_subclass__(cls, *, becomes: type | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.becomes = becomes or cls.becomes

    def other_fields(self, _folder: Path) -> dict[str, Any]:
        """Return the fields of the type that the table does not have under the same name in the same form."""
        return {}

    @model_validator(mode="before")
    @classmethod
    def _drop_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None or name not in cls.model_fields}


class TextOrTable(Table):
    """A table that may be written as one text."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_colon(cls, data: Any) -> Any:
        """Refuse a text that YAML took for a table, as it has a colon and a space in it."""
        if isinstance(data, dict) and len(data) == 1:
            (key,) = data
            if key not in cls.model_fields and not values.nearest(key, cls.model_fields):
                values.prose(data)
        return data

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core_schema)]}


def typed(value: Any, folder: Path = Path()) -> Any:
    """Return a field's value with each table as the type that it becomes; files are named from a folder."""
    if isinstance(value, tuple):
        return tuple(typed(item, folder) for item in value)
    if not isinstance(value, Table) or value.becomes is None:
        return value
    return value.becomes(**{**fields_of(value.becomes, value, folder), **value.other_fields(folder)})


def fields_of(kind: type, table: Table, folder: Path = Path()) -> dict[str, Any]:
    """Return what a table has under the names of a type's fields."""
    return {name: typed(getattr(table, name), folder) for name in _shared_names(kind, type(table))}


@functools.cache
def _shared_names(kind: type, table: type[Table]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.name in table.model_fields)
