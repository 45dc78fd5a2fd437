"""Pages as HTML, by the templates of a theme."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from podwright.render.site.machine_readable import EMBED_HEIGHT, EMBED_WIDTH, episode_data
from podwright.render.site.templating import run_template
from podwright.render.site.theme import Theme
from podwright.render.site.types import EpisodePage, Site, Tombstone


def render_page(
    template: str,
    key: str,
    site: Site,
    values: Mapping[str, object],
    *,
    theme: Theme,
    language: str | None = None,
    anywhere: bool = False,
) -> bytes:
    """Return a page. Raises WorkspaceError where a template of the producer's is at fault; so do the others.

    template: its name without `.html`. values: what the template shows besides what all show. language: the show's
    unless given. anywhere: the page is shown under any address, so that its links begin at the root of the host.
    """

    def link(target: str) -> str:
        return rooted_link(target, site) if anywhere else relative_link(target, key)

    language = language or site.language
    return run_template(template, key=key, language=language, site=site, theme=theme, link=link, values=values).encode()


def render_episode(page: EpisodePage, site: Site, *, theme: Theme) -> bytes:
    """Return an episode's page."""
    values = {"page": page, "data": episode_data(page, site), "frame": (EMBED_WIDTH, EMBED_HEIGHT)}
    return render_page("episode", page.key, site, values, theme=theme, language=page.episode.language)


def render_embed(page: EpisodePage, site: Site, *, theme: Theme) -> bytes:
    """Return the player alone, for other sites to show in a frame."""
    return render_page("embed", page.embed, site, {"page": page}, theme=theme, language=page.episode.language)


def render_tombstone(page: Tombstone, site: Site, *, theme: Theme) -> bytes:
    """Return the page where an episode was."""
    return render_page("withdrawn", page.key, site, {"page": page}, theme=theme, language=page.language)


def relative_link(key: str, start: str) -> str:
    """Return the address of a key as the page with the key `start` links it."""
    there, here = key.split("/"), start.split("/")
    shared = 0
    while shared < min(len(there), len(here)) - 1 and there[shared] == here[shared]:
        shared += 1
    link = "../" * (len(here) - 1 - shared) + quote("/".join(there[shared:]))
    # A colon in the first segment would make it a scheme.
    return link if link.startswith("../") or ":" not in link.split("/")[0] else f"./{link}"


def rooted_link(key: str, site: Site) -> str:
    """Return the address of a key on the site's own host, for a page that is shown under any address."""
    return urlsplit(site.public_url).path + quote(key)
