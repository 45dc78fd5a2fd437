"""Fields as the text of the workspace's files: TOML for settings, YAML front matter for episodes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from podwright.workspace.importing.types import Fields

#: A word or several that YAML takes for nothing else than text, without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ ,.-]{1,2}[A-Za-z0-9]+)*")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}")
_NO_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
#: What JSON leaves as it is and YAML or a reader of text does not.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def quoted(text: str) -> str:
    """Return a text in the double quotes that TOML, YAML and JSON share."""
    written = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def toml_text(fields: Fields) -> str:
    """Return a TOML document: single values, then a part for each table and each list of tables."""
    alone = {name: value for name, value in fields.items() if not _is_table(value) and not _is_tables(value)}
    lines = [f"{name} = {_inline(value, ' =')}" for name, value in alone.items()]
    for name, value in fields.items():
        for table in value if _is_tables(value) else [value] if _is_table(value) else []:
            heading = f"[[{name}]]" if _is_tables(value) else f"[{name}]"
            lines += ["", heading, *(f"{key} = {_inline(inner, ' =')}" for key, inner in table.items())]
    return "\n".join(lines) + "\n"


def front_matter(fields: Fields, body: str) -> str:
    """Return an episode.md."""
    lines = [line for name, value in fields.items() for line in _yaml(name, value)]
    return "\n".join(["---", *lines, "---", *([f"\n{body}"] if body else [])]) + "\n"


def _yaml(name: str, value: Any) -> Iterator[str]:
    if not _is_tables(value):
        yield f"{name}: {_inline(value, ':')}"
        return
    yield f"{name}:"
    for table in value:
        for at, (key, inner) in enumerate(table.items()):
            yield f"  {' ' if at else '-'} {key}: {_inline(inner, ':')}"


def _inline(value: Any, sign: str) -> str:
    """Return a value on one line. sign: what stands between a name and its value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if sign == ":" and _is_plain(value) else quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_nested(one, sign) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}{sign} {_nested(one, sign)}' for name, one in value.items())}}}"
    return str(value)


def _nested(value: Any, sign: str) -> str:
    """Return a value inside of brackets, where a comma ends a text without quotes."""
    return quoted(value) if isinstance(value, str) else _inline(value, sign)


def _is_plain(text: str) -> bool:
    return bool(_MOMENT.fullmatch(text)) or bool(_PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))
