"""The sandbox for templates of a theme: what they can reach, and how much they may take.

Jinja2's own keeps them from Python's internals and bounds `range`, but neither memory nor time
(https://jinja.palletsprojects.com/en/stable/sandbox/). Memory is refused by the system; the processor's time is looked
at wherever a template can repeat something.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePath
from typing import Any

from jinja2 import TemplateRuntimeError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

#: Bytes that a theme's templates may take on top of what the process has, and seconds of its processor, for a page.
LARGEST_RENDER, LONGEST_RENDER = 256 << 20, 20.0
#: Bits of a number that a template may multiply; those of more take the longer the larger they are.
LARGEST_NUMBER = 1 << 14

_end: ContextVar[float] = ContextVar("_end")


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment for templates that nobody has read."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # As many paragraphs as somebody asks for, in one call, are of no use to a page.
        del self.globals["lipsum"]

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may have an attribute of a value."""
        return not isinstance(obj, PurePath) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return a product or power. Raises TemplateRuntimeError where that is a number without end."""
        if isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() * max(right, 1) if operator == "**" else left.bit_length() + right.bit_length()
            if bits > LARGEST_NUMBER:
                raise TemplateRuntimeError("makes too large a number")
        return super().call_binop(context, operator, left, right)

    def look_at_time(self) -> None:
        """Raise TemplateRuntimeError where the page took too long; it is called in each loop and macro."""
        if time.thread_time() > _end.get():
            raise TemplateRuntimeError(f"takes more than {LONGEST_RENDER:g} seconds")

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        return super()._generate(_Timed().visit(source), *arguments, **options)


class _Timed(NodeTransformer):
    """A template whose loops and macros look at the time."""

    def visit_For(self, node: nodes.For | nodes.Macro) -> nodes.Node:  # noqa: N802 - Jinja2 finds it by this name
        look = nodes.Call(nodes.EnvironmentAttribute("look_at_time"), [], [], None, None)
        node.body.insert(0, nodes.ExprStmt(look, lineno=node.lineno))
        return self.generic_visit(node)

    visit_Macro = visit_For  # noqa: N815 - the same


@contextmanager
def bounded() -> Iterator[None]:
    """Bound the time of what happens inside, and its memory where the system can (Linux): MemoryError says so."""
    token = _end.set(time.thread_time() + LONGEST_RENDER)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        limits = [soft]
    else:
        limit = pages * resource.getpagesize() + LARGEST_RENDER
        limits = [value for value in (soft, hard, limit) if value != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        _end.reset(token)
