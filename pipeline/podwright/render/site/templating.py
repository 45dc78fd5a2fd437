"""Templates of a theme, run by Jinja2.

A theme may come from somebody else than the producer. It makes pages of what it is given, and neither runs programs nor
reads files that are not its own: its templates run in the `sandbox`.
"""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from podwright.core.errors import WorkspaceError
from podwright.core.finding import Finding
from podwright.core.model import Location
from podwright.render.notes import credit_text, mail_url, prose_html
from podwright.render.site.apps import subscribe_links
from podwright.render.site.machine_readable import iso_duration, script_json
from podwright.render.site.sandbox import LARGEST_RENDER, Sandbox, bounded
from podwright.render.site.theme import TEMPLATES, Theme, is_read, words_of
from podwright.render.site.types import Site
from podwright.render.words import number_label, number_prefix
from podwright.render.words.formats import (
    day_of,
    day_text,
    language_text,
    length_text,
    locale_of,
    open_graph_locale,
    size_text,
)

_BLANK = re.compile(r"\{(\w+)\}")


class ThemeLoader(FileSystemLoader):
    """Templates of a theme: what a scan of the workspace has looked at, and nothing hidden beside it."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return text and file of a template.

        Raises TemplateNotFound for what is none, TemplateSyntaxError if not UTF-8.
        """
        if not all(map(is_read, template.split("/"))):
            raise TemplateNotFound(template)
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            raise TemplateSyntaxError("is not UTF-8", 1, template, template) from error


def run_template(
    template: str,
    *,
    key: str,
    language: str,
    site: Site,
    theme: Theme,
    link: Callable[[str], str],
    values: Mapping[str, object],
) -> str:
    """Return a page. Raises WorkspaceError where a template of the producer's is at fault.

    template: its name without `.html`. key: of the page. link: from a key to the address by which this page names it.
    values: what only this kind of page shows.
    """

    def day(moment: datetime | date) -> str:
        return day_text(day_of(moment, site.timezone) if isinstance(moment, datetime) else moment, language)

    context = {
        "site": site,
        "key": key,
        "language": language,
        "direction": locale_of(language).text_direction,
        "locale": open_graph_locale(language),
        "words": words_of(theme, language),
        "to": link,
        "at": lambda target: site.public_url + quote(target),
        "asset": lambda name: link(theme.assets[name].key),
        "day": day,
        "language_name": language_text,
        "length": lambda time: length_text(time // timedelta(seconds=1), language),
        "size": lambda size: size_text(size, language),
        **values,
    }
    name, folder = f"{template}.html", theme.folder
    try:
        with nullcontext() if folder is None else bounded():
            return _environment(folder).get_template(name).render(context)
    except TemplateSyntaxError as error:
        where = f"theme/{Path(error.filename or name).name}"
        raise WorkspaceError([_fault(where, error.message, error.lineno)]) from error
    except (
        TemplateError,
        RecursionError,
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
    ) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if folder in Path(frame.filename).parents]
        full = isinstance(error, MemoryError)
        if folder is None or not (own or full):
            raise
        # What is too large as a whole was joined outside of any template.
        file, line = (Path(own[-1].filename), own[-1].lineno) if own else (folder / name, None)
        message = f"takes more than {LARGEST_RENDER >> 20} MB" if full else str(error)
        raise WorkspaceError([_fault(f"theme/{file.relative_to(folder).as_posix()}", message, line)]) from error


def _fault(path: str, message: str | None, line: int | None) -> Finding:
    return Finding(path, f"{message}; correct the template, or delete it to use podwright's own", line=line)


@functools.lru_cache(maxsize=4)
def _environment(folder: Path | None) -> Environment:
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
        "instant": instant_text,
        "mapped": map_url,
        "html": Markup,
        "data": lambda value: Markup(script_json(value)),  # noqa: S704 - it escapes what ends a script
        "fill": _fill,
        "prose": lambda texts: Markup(prose_html((texts,) if isinstance(texts, str) else texts)),  # noqa: S704 - cleaned
        "label": lambda one, words: number_label(one.number, one.display, words),
        "prefix": lambda one: number_prefix(one.number, one.display),
        "amount": credit_text,
        "hosts": _host,
        "mailto": mail_url,
    }
    environment.globals["subscribe_links"] = subscribe_links
    return environment


def _fill(text: str, **values: object) -> str:
    """Return a text with its `{names}` filled in. What Python's own formats could do besides is not for a theme."""
    return _BLANK.sub(lambda blank: str(values[blank[1]]), text)


def _host(url: str) -> str:
    """Return the host of an address, to show beside a link that leads away."""
    return urlsplit(url).hostname or url


#: https://wiki.openstreetmap.org/wiki/Elements
_ELEMENTS = {"N": "node", "W": "way", "R": "relation"}


def map_url(place: Location) -> str:
    """Return the address of a map of a place with a geo URI: of its own object there, where that is known.

    https://wiki.openstreetmap.org/wiki/Browsing#Sharing_a_link_to_the_map
    """
    if place.osm:
        return f"https://www.openstreetmap.org/{_ELEMENTS[place.osm[0]]}/{place.osm[1:].partition('#')[0]}"
    latitude, longitude = (place.geo or "").removeprefix("geo:").partition(";")[0].split(",")[:2]
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"


def instant_text(moment: datetime) -> str:
    """Return a moment as HTML writes it: to the second, with an offset of whole minutes.

    https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#global-dates-and-times
    """
    offset = moment.utcoffset()
    whole = moment if offset is not None and offset % timedelta(minutes=1) == timedelta() else moment.astimezone(UTC)
    return whole.isoformat(timespec="seconds")


def clock_text(time: timedelta) -> str:
    """Return “1:02:03” or “2:03” for a time in the recording, in whole seconds."""
    seconds = time // timedelta(seconds=1)
    minutes = f"{seconds // 60 % 60:02}" if seconds >= 3600 else str(seconds // 60)
    return f"{seconds // 3600}:{minutes}:{seconds % 60:02}" if seconds >= 3600 else f"{minutes}:{seconds % 60:02}"


def seconds_text(time: timedelta) -> str:
    """Return seconds to the millisecond without trailing zeros: “12.34”."""
    return f"{time // timedelta(milliseconds=1) / 1000:.3f}".rstrip("0").rstrip(".")
