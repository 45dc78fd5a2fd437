"""Pages as HTML, by the templates of a theme."""

from __future__ import annotations

import functools
import json
import re
import traceback
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from podwright.core.errors import Problem, WorkspaceError
from podwright.render.site import structured
from podwright.render.site.apps import subscribe_links
from podwright.render.site.search import RECORDS, SHELVES
from podwright.render.site.text import (
    clock_text,
    day_of,
    day_text,
    iso_duration,
    length_text,
    locale_of,
    seconds_text,
    size_text,
)
from podwright.render.site.theme import TEMPLATES, Theme, words_of
from podwright.render.site.types import EpisodePage, ListPage, Site, Tombstone

if TYPE_CHECKING:
    from jinja2 import Environment

_BLANK = re.compile(r"\{(\w+)\}")


def render_episode(page: EpisodePage, site: Site, *, theme: Theme) -> bytes:
    """An episode's page. Raises WorkspaceError where a template of the producer's is at fault; so do the others."""
    values = {"page": page, "data": structured.episode_data(page, site), "language": page.episode.language}
    return _render("episode.html", page.key, values, site=site, theme=theme)


def render_embed(page: EpisodePage, site: Site, *, theme: Theme) -> bytes:
    """The player alone, for other sites to show in a frame."""
    return _render("embed.html", page.embed, {"page": page, "language": page.episode.language}, site=site, theme=theme)


def render_tombstone(page: Tombstone, site: Site, *, theme: Theme) -> bytes:
    """The page where an episode was."""
    return _render("withdrawn.html", page.key, {"page": page, "language": page.language}, site=site, theme=theme)


def render_list(page: ListPage, site: Site, *, theme: Theme) -> bytes:
    """A page that lists episodes."""
    values = {"page": page, "data": structured.series_data(site) if page.kind == "show" else None}
    return _render(f"{page.kind}.html", page.key, values, site=site, theme=theme)


def render_missing(key: str, site: Site, *, theme: Theme) -> bytes:
    """The page that stands for a page that is missing."""
    return _render("missing.html", key, {}, site=site, theme=theme)


def render_search(key: str, site: Site, *, count: int, theme: Theme) -> bytes:
    """The page that searches so many episodes."""
    values = {"count": count, "levels": json.dumps(SHELVES), "records": RECORDS}
    return _render("search.html", key, values, site=site, theme=theme)


def relative_link(key: str, start: str) -> str:
    """The address of a key as the page with the key `start` links it."""
    there, here = key.split("/"), start.split("/")
    shared = 0
    while shared < min(len(there), len(here)) - 1 and there[shared] == here[shared]:
        shared += 1
    link = "../" * (len(here) - 1 - shared) + quote("/".join(there[shared:]))
    # A colon in the first segment would make it a scheme.
    return link if link.startswith("../") or ":" not in link.split("/")[0] else f"./{link}"


def rooted_link(key: str, site: Site) -> str:
    """The address of a key on the site's own host, for a page that is shown under any address."""
    return urlsplit(site.public_url).path + quote(key)


def _render(name: str, key: str, values: dict[str, Any], *, site: Site, theme: Theme) -> bytes:
    language = values.pop("language", site.language)
    missing = name == "missing.html"

    def to(target: str) -> str:
        return rooted_link(target, site) if missing else relative_link(target, key)

    def day(moment: datetime | date) -> str:
        return day_text(day_of(moment, site.timezone) if isinstance(moment, datetime) else moment, language)

    context = {
        "site": site,
        "key": key,
        "language": language,
        "direction": locale_of(language).text_direction,
        "words": words_of(theme, language),
        "to": to,
        "at": lambda target: site.public_url + quote(target),
        "asset": lambda asset: to(theme.assets[asset].key),
        "day": day,
        "length": lambda time: length_text(time // timedelta(seconds=1), language),
        "size": lambda size: size_text(size, language),
        **values,
    }
    environment = _environment(theme.folder)
    return _run(environment, name, context, folder=theme.folder).encode()


def _run(environment: Environment, name: str, context: Mapping[str, Any], *, folder: Path | None) -> str:
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        return environment.get_template(name).render(context)
    except TemplateSyntaxError as error:
        where = f"theme/{Path(error.filename or name).name}"
        raise WorkspaceError([_fault(where, error.message, error.lineno)]) from error
    except (
        TemplateError,
        RecursionError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if folder in Path(frame.filename).parents]
        if folder is None or not own:
            raise
        where = f"theme/{Path(own[-1].filename).relative_to(folder).as_posix()}"
        raise WorkspaceError([_fault(where, str(error), own[-1].lineno)]) from error


def _fault(path: str, message: str | None, line: int | None) -> Problem:
    return Problem(path, f"{message}; correct the template, or delete it to use podwright's own", line=line)


@functools.lru_cache(maxsize=4)
def _environment(folder: Path | None) -> Environment:
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
    from markupsafe import Markup

    from podwright.render.site.sandbox import Sandbox, ThemeLoader

    own = FileSystemLoader(TEMPLATES)
    theirs = [ThemeLoader(folder)] if folder else []
    # The sandbox doubles the time of a page; our own templates need none.
    environment = (Sandbox if folder else Environment)(
        # A template of the producer's may extend the one that it replaces: {% extends "default/episode.html" %}.
        loader=ChoiceLoader([*theirs, own, PrefixLoader({"default": own})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "clock": clock_text,
        "seconds": seconds_text,
        "duration": iso_duration,
        "html": Markup,
        "data": lambda value: Markup(structured.script_json(value)),  # noqa: S704 - it escapes what ends a script
        "fill": _filled,
        "hosts": _hosts,
    }
    environment.globals["subscribe_links"] = subscribe_links
    return environment


def _filled(text: str, **values: object) -> str:
    """A text with its `{names}` filled in. What Python's own formats could do beside that is not for a theme."""
    return _BLANK.sub(lambda blank: str(values[blank[1]]), text)


def _hosts(url: str) -> str:
    """The host of an address, to show beside a link that leads away."""
    return urlsplit(url).hostname or url
