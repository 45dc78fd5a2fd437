"""The files' models: what the documentation shows, they accept, and they describe themselves whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from podwright.workspace.documents import parse_toml
from podwright.workspace.front_matter import parse_episode_file
from podwright.workspace.schema import FILES, json_schema, validate
from podwright.workspace.schema.fields import Known
from podwright.workspace.schema.tags import ChannelTagFields, ItemTagFields
from tests.support.paths import ROOT

MANUAL = (ROOT / "docs" / "workspace.md").read_text()

#: The manual leaves out what would distract; what stands for it is given here.
LEFT_OUT = [
    ('guid = "…"', 'guid = "9b024349-ccf0-5f69-a609-6b82873eab3c"'),
    ("{name: …, email: …}", "{name: Office, email: office@example.org}"),
    ("credits: […]", "credits: [{kind: CME, amount: 0.25}]"),
    ("https://…", "https://example.org/page"),
]


def manual_text(kind: str) -> str:
    heading = {"show": "podwright.toml", "feed": "feeds/<feed>.toml", "season": "episodes/<season>/season.toml"}
    section = MANUAL.split(f"\n## {heading.get(kind, 'episode.md')}\n")[1]
    text = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)[1]
    return filled(text)


def filled(text: str) -> str:
    for placeholder, text_for_it in LEFT_OUT:
        text = text.replace(placeholder, text_for_it)
    return text


@pytest.mark.parametrize("kind", FILES)
def test_the_sample_in_the_manual_is_accepted(kind: str) -> None:
    text = manual_text(kind)
    document = parse_episode_file(text, name=kind) if kind == "episode" else parse_toml(text, name=kind)
    values, problems = validate(FILES[kind], document, known=Known())
    assert problems == ()
    assert values is not None


@pytest.mark.parametrize(("kind", "block"), [("show", 0), ("feed", 0), ("episode", 1)])
def test_the_manual_s_samples_of_tags_are_accepted_and_leave_none_out(kind: str, block: int) -> None:
    section = MANUAL.split("\n## Tags of the podcast namespace\n")[1].split("\n## ")[0]
    text = filled(re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)[block])
    document = parse_episode_file(text, name=kind) if kind == "episode" else parse_toml(text, name=kind)
    _, problems = validate(FILES[kind], document, known=Known())
    assert [one for one in problems if "is missing" not in one.message] == []
    tags = ChannelTagFields if kind != "episode" else ItemTagFields
    shared = set(ItemTagFields.model_fields) & set(ChannelTagFields.model_fields)
    assert set(tags.model_fields) - set(document.data) <= (shared if kind == "episode" else set())


@pytest.mark.parametrize("kind", FILES)
def test_the_schema_names_exactly_the_keys_that_are_accepted_and_describes_each(kind: str) -> None:
    schema = json_schema(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(schema["properties"]) == list(FILES[kind].model_fields)
    for table in tables(schema):
        assert table["additionalProperties"] is False
        for name, field in table["properties"].items():
            whole = schema["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else field
            assert whole["description"], name


def tables(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in (schema, *schema.get("$defs", {}).values()):
        for choice in part.get("anyOf", [part]):
            if "properties" in choice:
                yield choice


def test_a_chapter_and_a_reference_may_be_one_text_in_the_schema_too() -> None:
    definitions = json_schema("episode")["$defs"]
    for name in ("ChapterTable", "ReferenceTable"):
        assert [choice["type"] for choice in definitions[name]["anyOf"]] == ["string", "object"]


@pytest.mark.parametrize("kind", FILES)
def test_every_key_of_the_manual_s_sample_is_in_the_schema(kind: str) -> None:
    text = manual_text(kind)
    document = parse_episode_file(text, name=kind) if kind == "episode" else parse_toml(text, name=kind)
    assert set(document.data) <= set(json_schema(kind)["properties"])
