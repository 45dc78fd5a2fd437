"""Tables and the types that they become."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from podwright.core.model import Episode, Lifetime, Outline
from podwright.core.tags import ItemTags
from podwright.workspace.schema import EpisodeFile, SeasonFile, Table

#: Fields that become texts of podcast:txt.
PURPOSES = {"ai_content", "release"}
#: Fields of tables that a type has in another form or place, by `Table.other_fields` or `podwright.workspace.convert`.
ELSEWHERE = {
    "LiveTable": PURPOSES,
    "AlternateTable": {"sri", "pgp_signature"},
    "AudioTable": {"id3"},
    "SeasonFile": {"minutes_to_complete"},
}
#: Fields of types that no table has under this name.
MADE = {
    "PlaceTable": {"rel", "country"},
    "Alternate": {"integrity", "default"},
    "AudioSettings": {"id3_version"},
    "Chapter": {"image_url"},
}


def tables(of: type[Table] = Table) -> Iterator[type[Table]]:
    for table in of.__subclasses__():
        if table.becomes:
            yield table
        yield from tables(table)


TABLES = sorted(set(tables()) - {EpisodeFile}, key=lambda table: table.__name__)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_field_of_a_table_is_lost_on_the_way_to_its_type(table: type[Table]) -> None:
    assert table.becomes is not None
    has = {field.name for field in dataclasses.fields(table.becomes)}
    tags = {field.name for field in dataclasses.fields(ItemTags)} if "tags" in has else set()
    assert set(table.model_fields) - has - tags == ELSEWHERE.get(table.__name__, set())


@pytest.mark.parametrize("table", [table for table in TABLES if table is not SeasonFile], ids=lambda one: one.__name__)
def test_a_table_gives_every_field_of_its_type(table: type[Table]) -> None:
    assert table.becomes is not None
    has = {field.name for field in dataclasses.fields(table.becomes)}
    assert has - set(table.model_fields) - {"tags"} == MADE.get(table.__name__, MADE.get(table.becomes.__name__, set()))


def test_no_field_of_an_episode_s_file_is_lost() -> None:
    kinds = (Episode, Outline, Lifetime, ItemTags)
    has = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    assert set(EpisodeFile.model_fields) - has == {"access", "authors", "minutes_to_complete", *PURPOSES}
