"""YAML front matter as data that knows the line of every field.

The data is that of a small YAML: lists, tables and text, no anchors, aliases, tags or merged keys. A scalar stays the
text that was written, whatever YAML 1.1 would make of it (`12:30` is 45000 there, `10.10` is 10.1 and `no` is false);
the fields' own types read it. Only nothing, `~` and `null` without quotes mean absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from podwright.core.errors import FormatError
from podwright.workspace.documents import DEEPEST, EPISODE_LIMIT, Document, FieldPath, decode_text, load_bytes

#: In characters.
FRONT_MATTER_LIMIT = 256 << 10
#: Elements of raw HTML that are open at once: to clean notes takes time that grows with their number.
MOST_OPEN = 500

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CLOSING = re.compile(r"^---[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]?(#.*)")
_HASH_IN_LIST = re.compile(r"[\[{](?:.*[, \t])?#")
#: A value that begins as a list, a table, a quoted or a folded text, or an item, and goes on as none.
_BEGUN = re.compile(
    r"\s*(?:-\s+)*(?:[\w -]+:\s+)?(?=\[[^\]]*\]\s*[^\s#,]|\{[^}]*\}\s*[^\s#,]|\"[^\"]*\"\s*[^\s#]|'[^']*'\s*[^\s#'])"
    r"([\[{\"'])|\s*(?:-\s+)*(?:[\w -]+:\s+)(?=[>|][-+0-9]*\s*[^\s#]|[?-]\s)([>|?-])"
)
#: A tab where YAML counts spaces: before a text, or behind the hyphen of a list.
_TABBED = re.compile(r"[ ]*(?:-[ ]*)?\t")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
#: Elements that have no end, or end by themselves where the next one begins.
_ENDLESS = frozenset(
    {"area", "br", "col", "dd", "dt", "hr", "img", "input", "li", "p", "source", "td", "th", "tr", "wbr"}
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_HASH = "a text with a # in a list in brackets needs quotes around it"
_TAB = "a line is indented with a tab, which YAML does not allow; write spaces in its place"
#: So much of a line is looked at for the reason of a mistake, as the time for that grows with its square.
_LOOKED_AT = 500
_TOO_DEEP = f"nests deeper than {DEEPEST} levels; flatten it"
_CHECK = "check indentation and quotes"
_FIT = "a line does not fit its neighbours; check indentation and quotes"
_SIGN = "a text that begins with a sign needs quotes around it, and lines are indented with spaces"
#: The mistakes that people make, by a part of what LibYAML or PyYAML says of them. Of some, only the place where the
#: broken thing begins is of help (its context), not the place where reading it failed.
_MISTAKES = {
    "mapping values are not allowed": "a text with a colon and a space in it needs quotes around it",
    "that cannot start any token": _SIGN,
    "alphabetic or numeric character": _SIGN,
    "while scanning a directive": _SIGN,
    "unknown escape character": "a backslash in double quotes must be doubled",
    "while parsing a block": _FIT,
}
_MISTAKES_IN_CONTEXT = {
    "while scanning a simple key": "a line is neither `name: value` nor indented below one; indent it or add the name",
    "while scanning a quoted scalar": "a quote is not closed; add it, or double a quote that is part of the text",
    "while parsing a flow": "a bracket is not closed, or a comma is missing; check the brackets",
}


def load_episode_file(path: Path, *, name: str) -> Document:
    """Read an episode.md that is called `name` in problems. Raises FormatError."""
    return parse_episode_file(decode_text(load_bytes(path, limit=EPISODE_LIMIT)), name=name)


def parse_episode_file(text: str, *, name: str) -> Document:
    """Return front matter and Markdown as a document. Raises FormatError with the line of the mistake."""
    head, body = _split(text)
    _check_nesting(body, first_line=head.count("\n") + 3)
    builder = _Builder(source=head.split("\n") if "#" in head else ())
    data = builder.build(head)
    return Document(
        path=name, data=data, lines=builder.lines, body=body.strip("\n").rstrip(), comments=builder.comments
    )


def _split(text: str) -> tuple[str, str]:
    """Return front matter and what follows. Its first line is the file's second."""
    first, _, rest = text.partition("\n")
    if first.rstrip() != "---":
        raise FormatError("has no front matter; begin the file with a line `---`, the fields, and a line `---`", line=1)
    if closing := _CLOSING.search(rest, 0, FRONT_MATTER_LIMIT):
        return rest[: closing.start()], rest[closing.end() :]
    if len(rest) > FRONT_MATTER_LIMIT:
        limit = FRONT_MATTER_LIMIT // 1024
        raise FormatError(
            f"has no end of its front matter in {limit} KiB; add a line `---` after the last field", line=1
        )
    raise FormatError("has front matter that is not closed; add a line `---` after the last field", line=1)


def _check_nesting(body: str, *, first_line: int) -> None:
    """Raise FormatError where so many elements are open at once that nobody wrote that by hand."""
    opened: Counter[str] = Counter()
    for tag in _TAG.finditer(body):
        name = tag[2].lower()
        # An end without its beginning ends nothing.
        if name not in _ENDLESS and (opened[name] or not tag[1]):
            step = -1 if tag[1] else 1
            opened[name] += step
            opened[""] += step
            if opened[""] > MOST_OPEN:
                line = first_line + body.count("\n", 0, tag.start())
                raise FormatError(f"leaves more than {MOST_OPEN} HTML elements open; close them", line=line)


@dataclass(slots=True)
class _Builder:
    """Data out of YAML events (https://yaml.org/spec/1.2.2/#31-processes), noting the line of each field."""

    #: The lines of the text, where any of them may hold a comment.
    source: Sequence[str] = ()
    lines: dict[FieldPath, int] = field(default_factory=dict)
    #: What YAML takes for a comment right behind a value without quotes, by field.
    comments: dict[FieldPath, str] = field(default_factory=dict)
    depth: int = 0
    events: Iterator[yaml.Event] = field(default_factory=lambda: iter(()))

    def build(self, text: str) -> dict[str, Any]:
        """Return the table that a front matter is."""
        self.events = _events(text)
        value, line = self.value(next(self.events), ())
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise FormatError("has front matter without fields; write one `name: value` a line", line=line)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise FormatError("has a second YAML document in its front matter; delete the `...`", line=_line(event))
        return value

    def value(self, event: yaml.Event, path: FieldPath) -> tuple[Any, int]:
        """Return what begins with an event, and its line."""
        line = _line(event)
        if isinstance(event, yaml.StreamEndEvent):
            return None, line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FormatError("uses a YAML anchor or alias; write the value out, or put quotes around it", line=line)
        if getattr(event, "tag", None):
            raise FormatError("uses a YAML tag; delete the `!…`, or put quotes around the value", line=line)
        if isinstance(event, yaml.ScalarEvent):
            if self.source and not event.style:
                self.note_comment(event, path)
            absent = not event.style and event.value in _NULLS
            return None if absent else event.value, line
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormatError(_TOO_DEEP, line=line)
        built = self.table(path) if isinstance(event, yaml.MappingStartEvent) else self.items(path)
        self.depth -= 1
        return built, line

    def note_comment(self, event: yaml.ScalarEvent, path: FieldPath) -> None:
        """Note what follows a plain value on its line after one space and a `#`.

        YAML takes it for a comment (https://yaml.org/spec/1.2.2/#66-comments). So do people behind a wider gap.
        """
        end = event.end_mark
        if end and (match := _COMMENT.match(self.source[end.line], end.column)):
            self.comments[path] = match[1].rstrip()

    def items(self, path: FieldPath) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*path, len(items))
            self.lines[here] = _line(event)
            items.append(self.value(event, here)[0])
        return items

    def table(self, path: FieldPath) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise FormatError("has a name that is not a plain word; write `name: value`", line=line)
            here = (*path, event.value)
            if event.value in table:
                first = self.lines[here]
                raise FormatError(f"sets {event.value!r} again after line {first}; keep one of the two", line=line)
            self.lines[here] = line
            table[event.value] = self.value(next(self.events), here)[0]
        return table


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a front matter from its first value on."""
    try:
        events = yaml.parse(text, Loader=_LOADER)
        next(events)
        first = next(events)
        if not isinstance(first, yaml.DocumentStartEvent):
            yield first
        yield from events
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text.split("\n")) from error
    except yaml.YAMLError as error:
        raise FormatError("is not YAML; delete characters that cannot be seen") from error


def _explained(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> FormatError:
    details = f"{error.problem}, {error.context}"
    mark, advice = error.problem_mark, _CHECK
    for part, known in _MISTAKES_IN_CONTEXT.items():
        if part in details:
            mark, advice = error.context_mark or mark, known
    for part, known in _MISTAKES.items():
        if part in details:
            mark, advice = error.problem_mark or mark, known
    # Newer versions of LibYAML have a limit of its own, before the first event of what is nested.
    if "while parsing a flow" in details and mark:
        hashed = [at for at, line in enumerate(lines[: mark.line + 1]) if _HASH_IN_LIST.search(line[:_LOOKED_AT])]
        if hashed:
            return FormatError(f"is not YAML; {_HASH}", line=hashed[-1] + 2)
    begun = _BEGUN.match(lines[mark.line][:_LOOKED_AT]) if mark and mark.line < len(lines) else None
    if begun and advice in (_FIT, _CHECK):
        advice = f"a text that begins with {begun[1] or begun[2]} needs quotes around all of it"
    if mark and (indented := _tab_at(lines, mark)) is not None:
        return FormatError(f"is not YAML: {_TAB}", line=indented + 2)
    message = _TOO_DEEP if "maximum nesting depth" in details else f"is not YAML; {advice}"
    return FormatError(message, line=mark.line + 2 if mark else None)


def _tab_at(lines: Sequence[str], mark: yaml.Mark) -> int | None:
    """Return the line of a tab among the spaces before a text, at a mistake or right above it; None for none."""
    return next((at for at in (mark.line, mark.line - 1) if 0 <= at < len(lines) and _TABBED.match(lines[at])), None)


def _line(event: yaml.Event) -> int:
    """Return the 1-based line in the file: the front matter begins on its second line."""
    return event.start_mark.line + 2 if event.start_mark else 2
