"""Web pages followed from link to link as a reader does: from the sitemap and the home page to all that they need."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin

from podwright.core.errors import FormatError
from podwright.core.finding import Finding
from podwright.core.names import side_of
from podwright.inspection.doctor.sampling import target_of
from podwright.inspection.verify.feeds import key_of
from podwright.inspection.verify.objects import Survey, Task, survey_objects
from podwright.render.feeds import parse_sitemap

#: Where pages begin, as far as they are published. The page for what is missing is named by nothing but a web server.
ENTRIES = ("sitemap.xml", "index.html", "404.html", "feeds.opml")


def survey_pages(survey: Survey, *, seen: set[str]) -> None:
    """Look at all pages and what they link to, but for what was looked at already; keys are added to `seen`."""
    held = survey.place.manifest.held
    tasks = [Task(target=target_of(key, held[key])) for key in ENTRIES if key in held and key not in seen]
    while tasks and not survey.gave_up:
        seen.update(task.target.key for task in tasks)
        bodies = survey_objects(survey, tasks)
        tasks = []
        for key, data in sorted(bodies.items()):
            for linked in sorted(_links(survey, key, data) - seen):
                seen.add(linked)
                if linked in held:
                    tasks.append(Task(target=target_of(linked, held[linked]), named_by=key))
                else:
                    message = f"{key} links to it, and it is not published; publish again"
                    survey.add([Finding(where=linked, code="link", level="error", message=message, about=key)])


def _links(survey: Survey, key: str, data: bytes) -> set[str]:
    """Return the keys that a page or a sitemap names. Addresses of other sites are theirs."""
    place = survey.place
    if key.endswith(".xml"):
        try:
            urls = list(parse_sitemap(data))
        except FormatError as error:
            survey.add([Finding(where=key, code="sitemap", level="error", message=str(error))])
            urls = []
        foreign = [url for url in urls if key_of(place, url) is None]
        if foreign:
            message = f"names {foreign[0]}, which is not below public_url; publish again"
            survey.add([Finding(where=key, code="sitemap", level="error", message=message)])
    elif key.endswith(".html"):
        urls = list(addresses(place.url(key), data))
    else:
        urls = []
    keys = {key_of(place, url) for url in urls}
    return {one for one in keys if one is not None and side_of(one) == "public"}


def addresses(base: str, data: bytes) -> tuple[str, ...]:
    """Return all that the page at an address links to, as whole addresses; what is none leads nowhere."""
    found = []
    for link in page_links(data):
        with contextlib.suppress(ValueError):
            found.append(urljoin(base, link))
    return tuple(found)


def page_links(data: bytes) -> tuple[str, ...]:
    """Return all that a page links to, loads or shows, as written in it, up to what is no HTML."""
    reader = _Reader()
    # The parser asserts on marked sections that it does not know. It is not closed: it would read what is left of a
    # tag without its end as text, in time that grows with its square.
    with contextlib.suppress(AssertionError):
        reader.feed(data.decode("utf-8", errors="replace"))
    return tuple(dict.fromkeys(reader.links))


class _Reader(HTMLParser):
    """A collector of addresses (https://html.spec.whatwg.org/multipage/indices.html#attributes-3)."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.links += (url for url in _addresses(attrs) if url and not url.startswith("#"))


def _addresses(attributes: list[tuple[str, str | None]]) -> Iterator[str]:
    for name, value in attributes:
        if name in ("href", "src", "poster"):
            yield (value or "").strip()
        elif name in ("srcset", "imagesrcset"):
            for one in (value or "").split(","):
                yield one.strip().partition(" ")[0]
