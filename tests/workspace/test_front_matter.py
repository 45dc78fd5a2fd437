"""Front matter with lines."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import FormatError
from podwright.workspace.documents import DEEPEST, FORBIDDEN, line_of
from podwright.workspace.front_matter import FRONT_MATTER_LIMIT, parse_episode_file

TEXTS = st.text(max_size=12).filter(lambda text: not FORBIDDEN.search(text) and "\r" not in text)
TABLES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(bool), inner, max_size=3),
    max_leaves=8,
).flatmap(lambda value: st.dictionaries(TEXTS.filter(bool), st.just(value), max_size=3))


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice out twice."""

    def ignore_aliases(self, *_: object) -> bool:
        return True


def parse(front: str) -> dict[str, Any]:
    return dict(parse_episode_file(f"---\n{front}\n---\n", name="x").data)


@pytest.mark.parametrize(
    "written",
    ["12:30", "10.10", "010", "0x1F", "1_000", "no", "on", "2026-03-02", "1e3", ".5", ".inf", "<<", "=", "-1"],
)
def test_a_scalar_stays_the_text_that_was_written(written: str) -> None:
    assert parse(f"a: {written}") == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [("", None), ("~", None), ("null", None), ('"null"', "null"), ("''", ""), ("|\n  b\n  c", "b\nc\n"), ("# c", None)],
)
def test_only_an_unquoted_nothing_is_absent(written: str, value: str | None) -> None:
    assert parse(f"a: {written}") == {"a": value}


def test_every_field_and_list_element_has_its_line() -> None:
    text = (
        "---\n# note\na: 1\nb:\n  - x\n\n  - y: 2\n    z: >\n      folded\n      text\n'c': {d: [e,\n f]}\n---\nBody\n"
    )
    document = parse_episode_file(text, name="x")
    assert document.data == {"a": "1", "b": ["x", {"y": "2", "z": "folded text\n"}], "c": {"d": ["e", "f"]}}
    assert document.lines == {
        ("a",): 3,
        ("b",): 4,
        ("b", 0): 5,
        ("b", 1): 7,
        ("b", 1, "y"): 7,
        ("b", 1, "z"): 8,
        ("c",): 11,
        ("c", "d"): 11,
        ("c", "d", 0): 11,
        ("c", "d", 1): 12,
    }
    assert line_of(document, ("b", 1, "missing")) == 7


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\na: 1\n---\n\n    code\n\nText\n---\nmore \n\n", "    code\n\nText\n---\nmore"),
        ("--- \na: 1\n---\t\n", ""),
        ("---\na: 1\n---", ""),
        ("---\n---\n", ""),
    ],
)
def test_what_follows_the_front_matter_is_the_body(text: str, body: str) -> None:
    assert parse_episode_file(text, name="x").body == body


TAB = "is not YAML: a line is indented with a tab, which YAML does not allow; write spaces in its place"


@pytest.mark.parametrize(
    ("front", "comments"),
    [
        ("a: b #c", {("a",): "#c"}),
        ("a: b # c: d", {("a",): "# c: d"}),
        ("a: #b", {("a",): "#b"}),
        ("a:\n  - b #c\n  - #d", {("a", 0): "#c", ("a", 1): "#d"}),
        ("a: {b: é #ü\n}", {("a", "b"): "#ü"}),
        ("a: b\n  c #d", {("a",): "#d"}),
        ("a: b   # a wider gap", {}),
        ("a: 'b #c'", {}),
        ("a: 'b' #c", {}),
        ("a: b#c", {}),
        ("a: |\n  b #c", {}),
        ("a: >  #b\n  c", {}),
        ("a: [b] #c", {}),
        ("#a: b\nc: d", {}),
    ],
)
def test_what_may_be_the_end_of_a_text_is_remembered(front: str, comments: dict[tuple[str | int, ...], str]) -> None:
    assert parse_episode_file(f"---\n{front}\n---\n", name="x").comments == comments


SIGN = "is not YAML; a text that begins with a sign needs quotes around it, and lines are indented with spaces"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "title: x\n",
            1,
            "has no front matter; begin the file with a line `---`, the fields, and a line `---`",
        ),
        ("", 1, "has no front matter; begin the file with a line `---`, the fields, and a line `---`"),
        ("---\na: 1\n", 1, "has front matter that is not closed; add a line `---` after the last field"),
        (
            "---\na: " + "x" * FRONT_MATTER_LIMIT + "\n---\n",
            1,
            "has no end of its front matter in 256 KiB; add a line `---` after the last field",
        ),
        ("---\n- a\n---\n", 2, "has front matter without fields; write one `name: value` a line"),
        ("---\njust text\n---\n", 2, "has front matter without fields; write one `name: value` a line"),
        ("---\na: b: c\n---\n", 2, "is not YAML; a text with a colon and a space in it needs quotes around it"),
        ("---\na: 1\nb: @x\n---\n", 3, SIGN),
        ("---\na: **bold**\n---\n", 2, SIGN),
        ("---\na:\n\t- b\n---\n", 3, TAB),
        ("---\na:\n  -\tb\n---\n", 3, TAB),
        ("---\na:\n  b: 1\n  \tc: 2\n---\n", 4, TAB),
        *(
            (
                f"---\na: {text}\n---\n",
                2,
                f"is not YAML; a text that begins with {text[0]} needs quotes around all of it",
            )
            for text in (
                "[Bonus] Soil",
                "{x} y",
                '"Soil" and roses',
                "'Soil' and roses",
                "> 5 ways",
                "| x",
                "- dash",
                "? why",
            )
        ),
        ("---\na: [#b, c]\n---\n", 2, "is not YAML; a text with a # in a list in brackets needs quotes around it"),
        (
            "---\na: 'x\nb: 2\n---\n",
            2,
            "is not YAML; a quote is not closed; add it, or double a quote that is part of the text",
        ),
        (
            "---\na: [1,\n  2\n---\n",
            2,
            "is not YAML; a bracket is not closed, or a comma is missing; check the brackets",
        ),
        ('---\na: "\\q"\n---\n', 2, "is not YAML; a backslash in double quotes must be doubled"),
        (
            "---\na: 1\nfoo\n---\n",
            3,
            "is not YAML; a line is neither `name: value` nor indented below one; indent it or add the name",
        ),
        ("---\na: 1\nb: 2\na: 3\n---\n", 4, "sets 'a' again after line 2; keep one of the two"),
        ("---\na:\n  - {b: 1, b: 2}\n---\n", 3, "sets 'b' again after line 3; keep one of the two"),
        (
            "---\na: &x [1, 1]\nb: &y [*x, *x]\nc: [*y, *y]\n---\n",
            2,
            "uses a YAML anchor or alias; write the value out, or put quotes around it",
        ),
        (
            "---\na: !!python/name:os.system x\n---\n",
            2,
            "uses a YAML tag; delete the `!…`, or put quotes around the value",
        ),
        ("---\n? [a]\n: b\n---\n", 2, "has a name that is not a plain word; write `name: value`"),
        ("---\na: 1\nb: " + "[" * 50_000 + "\n---\n", 3, f"nests deeper than {DEEPEST} levels; flatten it"),
        ("---\n" + "- " * 50_000 + "\n---\n", 2, f"nests deeper than {DEEPEST} levels; flatten it"),
    ],
)
def test_a_mistake_names_its_line_and_what_to_do(text: str, line: int, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_episode_file(text, name="x")
    assert (caught.value.line, caught.value.message) == (line, message)


@settings(max_examples=60)
@given(TABLES, st.sampled_from(['"', "'"]), st.booleans())
def test_quoted_yaml_comes_back_as_it_was(table: dict[str, Any], style: str, flow: bool) -> None:
    written = yaml.dump(table, Dumper=_Plain, default_style=style, default_flow_style=flow, allow_unicode=True)
    assert parse(written) == table


@settings(max_examples=60)
@given(st.text(alphabet="a:- \n\t\"'[]{}#&*!|>%@`?,~\\.é", max_size=40))
def test_any_front_matter_is_fields_or_a_format_error(front: str) -> None:
    try:
        fields = parse(front)
    except FormatError:
        return
    assert all(isinstance(name, str) for name in fields)
