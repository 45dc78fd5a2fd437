"""What templates may do: make a page of what they are given, and neither run programs nor read files.

A theme may come from somebody else than the producer. Jinja2's sandbox keeps templates from Python's internals
(https://jinja.palletsprojects.com/en/stable/sandbox/); the paths among what they are given are closed to them, too.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment for templates that nobody has read."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may have an attribute of a value."""
        return not isinstance(obj, PurePath) and super().is_safe_attribute(obj, attr, value)
