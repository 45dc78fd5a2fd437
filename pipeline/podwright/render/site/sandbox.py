"""What a theme may do: make a page of what it is given, and neither run programs nor read files that are not its own.

A theme may come from somebody else than the producer. Jinja2's sandbox keeps templates from Python's internals
(https://jinja.palletsprojects.com/en/stable/sandbox/); the paths among what they are given are closed to them, too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from jinja2 import Environment, FileSystemLoader, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from podwright.render.site.theme import is_read


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment for templates that nobody has read."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may have an attribute of a value."""
        return not isinstance(obj, PurePath) and super().is_safe_attribute(obj, attr, value)


class ThemeLoader(FileSystemLoader):
    """Templates of a theme: what a scan of the workspace has looked at, and nothing hidden beside it."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Text and file of a template. Raises TemplateNotFound for what is none, TemplateSyntaxError if not UTF-8."""
        if not all(map(is_read, template.split("/"))):
            raise TemplateNotFound(template)
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            raise TemplateSyntaxError("is not UTF-8", 1, template, template) from error
