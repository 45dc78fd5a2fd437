"""Footnotes in Markdown: `text[^1]` and, anywhere, `[^1]: the note`, which CommonMark does not know.

https://pandoc.org/MANUAL.html#extension-footnotes. Notes are numbered in the order in which the text names them.
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_DEFINITION = re.compile(r"\[\^([^\]\s]{1,80})\]:[ \t]+(\S.*)")
_NAMED = re.compile(r"\[\^([^\]\s]{1,80})\]")
#: The keys under which a parse keeps the texts of notes, and their numbers.
_TEXTS, _NUMBERS = "footnotes", "footnote_numbers"


def read_footnotes(parser: MarkdownIt) -> MarkdownIt:
    """Return a parser that also reads footnotes."""
    parser.block.ruler.before("reference", "footnote", _definition, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("link", "footnote", _name)
    return parser


def footnotes(env: dict[str, Any]) -> str:
    """Return the notes that a parsed text names, as a numbered Markdown list; "" where there are none."""
    texts, numbers = env.get(_TEXTS, {}), env.get(_NUMBERS, {})
    return "\n".join(f"{number}. {texts[label]}" for label, number in numbers.items())


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own
    line = state.getLines(start, start + 1, state.blkIndent, keepLastLF=False)
    match = None if state.is_code_block(start) else _DEFINITION.match(line.lstrip())
    if not match:
        return False
    if silent:
        return True
    after = start + 1
    text = [match[2].strip()]
    while after < end and not state.isEmpty(after) and state.sCount[after] > state.blkIndent + 1:
        text.append(state.getLines(after, after + 1, 0, keepLastLF=False).strip())
        after += 1
    state.env.setdefault(_TEXTS, {}).setdefault(match[1], " ".join(text))
    state.line = after
    return True


def _name(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own
    match = _NAMED.match(state.src, state.pos)
    if not match or match[1] not in state.env.get(_TEXTS, {}):
        return False
    if not silent:
        numbers = state.env.setdefault(_NUMBERS, {})
        token = state.push("html_inline", "", 0)
        token.content = f"<sup>{numbers.setdefault(match[1], len(numbers) + 1)}</sup>"
    state.pos = match.end()
    return True
