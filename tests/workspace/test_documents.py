"""Text and TOML with lines."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core.errors import FormatError
from podwright.workspace.documents import DEEPEST, FieldPath, decode_text, load_bytes, load_toml, parse_toml, toml_lines

NAMES = ["a", "b-c", "D_1", "2", '"q.\\u00e9"', "'l it'", '""']
SPACES = st.sampled_from(["", " ", "\t"])
BREAKS = st.sampled_from(["", " ", "\n", " # ] } , \" '''\n  ", "\n\n"])


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    """Valid TOML in all its forms, with a number of its own in every value."""
    count = iter(range(10_000, 99_999))

    def value(depth: int) -> str:
        mark = next(count)
        forms = [
            f"{mark}",
            f'"\\"{mark} # ["',
            f"'{mark} \" ]'",
            f'"""{mark}""a\\""""',
            f"'''{mark}\n''=[x]''''",
            f"{mark}.5",
            f"2026-03-02 09:00:00.{mark}",
        ]
        if depth:
            forms += ["list", "table"]
        form = draw(st.sampled_from(forms))
        if form == "list":
            items = [f"{draw(BREAKS)}{value(depth - 1)}{draw(BREAKS)}" for _ in range(draw(st.integers(0, 3)))]
            tail = draw(st.sampled_from(["", ","])) if items else ""
            return f"[{','.join(items)}{tail}{draw(BREAKS)}]"
        if form == "table":
            names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2))
            return "{" + ",".join(f"{draw(SPACES)}{name} = {value(depth - 1)}" for name in names) + "}"
        return form

    def pairs(depth: int) -> str:
        names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
        dotted = ["", ".x", " . 'y' .z"]
        return "".join(
            f"{draw(SPACES)}{name}{draw(st.sampled_from(dotted))}{draw(SPACES)}={draw(SPACES)}{value(depth)}"
            f"{draw(SPACES)}{draw(st.sampled_from(['', '# note', '#']))}\n"
            for name in names
        )

    text = pairs(2)
    for name in draw(st.lists(st.sampled_from(["t", "u . v", '"w x"']), unique=True)):
        if draw(st.booleans()):
            text += f"\n [{name}] # head\n{pairs(1)}[{name}.deep]\n{pairs(1)}"
        else:
            text += "".join(f"[[{name}]]\n{pairs(1)}[{name}.deep]\n{pairs(0)}" for _ in range(draw(st.integers(1, 2))))
    return text


def paths_of(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    if path:
        yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths_of(child, (*path, key))


@settings(max_examples=60)
@given(toml_texts())
def test_every_toml_field_has_the_line_it_is_written_in(text: str) -> None:
    lines = toml_lines(text)
    values = dict(paths_of(tomllib.loads(text)))
    assert set(lines) == set(values)
    for path, value in values.items():
        if isinstance(value, int):
            assert str(value) in text.splitlines()[lines[path] - 1]


@settings(max_examples=60)
@given(st.text(alphabet="a.=[]{}\"'\\#,1- \n\té", max_size=60))
def test_any_toml_text_is_data_or_a_format_error(text: str) -> None:
    try:
        data: Any = parse_toml(text, name="x").data
    except FormatError:
        return
    assert json.dumps(data, default=str) == json.dumps(tomllib.loads(text), default=str)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('a = 1\nb = "x\n', 2, "is not TOML ("),
        (
            "a = 1\n\na = 2\n",
            3,
            "is not TOML (cannot overwrite a value); text needs quotes, and a name may be set only",
        ),
        ("a = hello\n", 1, "is not TOML (invalid value); text needs quotes, and a name may be set only once"),
        ("a = [1,\n", 2, "is not TOML ("),
        (f"\na = {'[' * 400}{']' * 400}\n", 2, f"nests deeper than {DEEPEST} levels; flatten it"),
        ("\n\n" + ".".join("a" * 200_000) + " = 1", 3, f"nests deeper than {DEEPEST} levels; flatten it"),
        (f"a = {'9' * 5000}", None, "holds a number with too many digits; shorten it"),
        ("a = 1e99999999999999999999", None, "holds a number with too many digits; shorten it"),
    ],
)
def test_a_toml_mistake_names_its_line(text: str, line: int | None, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_toml(text, name="x.toml")
    assert caught.value.line == line
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        ("tab\té 日\U0001f3a7".encode(), "tab\té 日\U0001f3a7"),
    ],
)
def test_text_is_read_with_any_line_end_and_without_its_mark(data: bytes, text: str) -> None:
    assert decode_text(data) == text


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a\r\nb\rc\xff", 3, "is not UTF-8 at byte 7; save it as UTF-8"),
        (b"\xff\xfea\x00", 1, "is not UTF-8 at byte 1; save it as UTF-8"),
        (b"ok\n\x00", 2, "holds the control character U+0000; delete it"),
        (b"\n\n a\x1b[0m", 3, "holds the control character U+001B; delete it"),
        ("a\x85".encode(), 1, "holds the control character U+0085; delete it"),
        ("a\n\u2028".encode(), 2, "holds the control character U+2028; delete it"),
        ("a\uffff".encode(), 1, "holds the control character U+FFFF; delete it"),
        (b"\xed\xa0\x80", 1, "is not UTF-8 at byte 1; save it as UTF-8"),
    ],
)
def test_what_is_not_clean_text_is_named_with_its_line(data: bytes, line: int, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        decode_text(data)
    assert (caught.value.line, caught.value.message) == (line, message)


@pytest.mark.parametrize("load", [lambda path: load_toml(path, name="x"), lambda path: load_bytes(path, limit=1 << 20)])
def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path, load: Callable[[Path], object]) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(FormatError, match=r"is larger than 1,024 KiB; make it shorter"):
        load(path)


def test_a_file_that_is_gone_is_a_format_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        load_bytes(tmp_path / "gone", limit=1)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(FormatError, match="is not a regular file; put one in its place"):
            load_bytes(path, limit=1)
