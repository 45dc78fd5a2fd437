"""The language of the house: one word for one thing, and docstrings that are sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
FOLDERS = {"pipeline": (".py", ".toml", ".html"), "tests": (".py",), "benchmarks": (".py",), "docs": (".md",)}
#: This file and the glossary name what nobody shall say, and old manifests keep the names that they were written with.
EXEMPT = frozenset({"docs/glossary.md", "tests/test_glossary.py"})
#: Files that still say some of it.
PENDING: frozenset[str] = frozenset()
#: Docstrings that still begin with What, Whether, Where…; lower it, and never raise it.
MOST_FRAGMENTS = 21


def refused() -> re.Pattern[str]:
    """Return a pattern of all that stands under “not”."""
    table = GLOSSARY[GLOSSARY.index("| say | not |") :]
    cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)[1:]
    names = re.findall(r"`(\w+)`", "".join(cells))
    phrases = [phrase.strip() for cell in cells if "`" not in cell for phrase in cell.split(",") if phrase.strip("- ")]
    assert len(names) > 5
    assert len(phrases) > 10
    return re.compile("|".join([*(rf"\b{name}\b" for name in names), *(f"(?i:{re.escape(one)})" for one in phrases)]))


def texts() -> Iterator[tuple[str, str]]:
    paths = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        ending = path.suffix in FOLDERS.get(name.split("/")[0], (".md",))
        if ending and path.is_file() and name not in EXEMPT and not name.startswith("tests/data/"):
            yield name, path.read_text("utf-8")


def test_nothing_is_called_by_a_word_that_the_glossary_refuses() -> None:
    pattern = refused()
    found = {name: sorted({match[0] for match in pattern.finditer(text)}) for name, text in texts()}
    assert {name: words for name, words in found.items() if words and name not in PENDING} == {}


def test_the_glossary_gives_a_word_one_meaning() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", GLOSSARY[: GLOSSARY.index("## Say")], re.MULTILINE)[1:]
    words = [word.strip() for row in rows for word in row.split(",")]
    assert len(words) == len(set(words))


def test_few_docstrings_are_fragments() -> None:
    starts = re.compile(r"(What|Whether|Where|Who|Whom|Whose|How|When|Which)\b")
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    fragments = [
        f"{path.relative_to(ROOT).as_posix()}: {text.splitlines()[0]}"
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, kinds) and (text := ast.get_docstring(node)) and starts.match(text)
    ]
    assert len(fragments) <= MOST_FRAGMENTS, "\n".join(fragments)
