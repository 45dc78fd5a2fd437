"""Names of published objects: their keys, their public addresses, and how long a reader may keep a copy.

Keys are stable names, not content hashes: apps pin the first address they saw for a guid. Artwork is the exception,
since Apple fetches a new picture only from a new address
(https://podcasters.apple.com/support/896-artwork-requirements).
"""

from __future__ import annotations

import re
from urllib.parse import quote

from podwright.core.artifact import Side
from podwright.core.model import Feed, Outline, Show

#: Everything below it is not for the public; a bucket policy or a web server's rule makes it so.
PRIVATE = "private/"
#: Audio of public episodes that are not due yet waits here, so that a machine without the MP3 can publish it later.
STAGED = "private/staged/"
#: A public episode lies here, with its texts and pictures, while it is for members alone who have it early.
EARLY = "private/early/"
#: The audio of teasers, which is for everybody.
TEASERS = "teasers/"
#: What podwright keeps for itself; no manifest lists it.
OWN = "private/podwright/"
#: Audio of withdrawn episodes lies here where it is not deleted, so that it can be published again.
WITHDRAWN = "private/withdrawn/"

_DAY = 86_400
_MAX_AGE = {"feed": 300, "page": 300, "text": 3_600, "audio": _DAY, "image": 365 * _DAY, "asset": 365 * _DAY}
#: What is kept of former generations.
HISTORY = f"{OWN}history/"
_TEXTS = (".xml", ".opml", ".html", ".json", ".vtt", ".srt", ".txt")
_NAMED_BY_CONTENT = frozenset({"image", "asset"})
_PAGES = re.compile(
    r"(?:(?:private/)?episodes|private/early)/[^/]+/(?:index\.html|embed\.html|oembed\.json)"
    r"|(?:archive|sections/[^/]+|seasons/[^/]+)/(?:index|page-\d+)\.html"
    r"|(?:index|404)\.html|sitemap(?:-\d+)?\.xml|search/(?:index\.html|.+\.json)"
)

_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_DIGEST = "[0-9a-f]{12}"
#: What is uploaded before a publish is sure of its turn, so that a stopped one may leave it behind.
_MEDIA = re.compile(
    rf"(?:(?:private/)?episodes|private/early)/(?P<slug>{_SLUG})/(?P=slug)"
    rf"(?:(?:-teaser)?\.(?:mp3|m4a)|\.(?:vtt|srt|json|html|txt)|-chapters\.json|(?:-chapter|-picture)?-{_DIGEST}[^/]*)"
    rf"|private/(?:staged|withdrawn)/(?P<aside>{_SLUG})/(?P=aside)(?:-teaser)?\.(?:mp3|m4a)"
    rf"|teasers/(?P<teaser>{_SLUG})/(?P=teaser)\.(?:mp3|m4a)"
    rf"|(?:private/)?artwork/{_SLUG}-{_DIGEST}[^/]*"
    rf"|assets/[^/]+-{_DIGEST}\.[a-z0-9]+"
    r"|private/podwright/history/(?:generations/\d+\.json|objects/[0-9a-f]{64})"
)
_SURE = re.compile(rf"private/.*|artwork/{_SLUG}-{_DIGEST}[^/]*|assets/[^/]+-{_DIGEST}\.[a-z0-9]+")


def cache_control(kind: str, side: Side) -> str:
    """The Cache-Control header of a "feed", "page", "text" (transcript, chapters), "audio", "image" or page's "asset".

    Shared caches may keep what is public; a corrected file keeps its address, so only what has a key that changes with
    its content is immutable (RFC 9111 section 5.2.2, RFC 8246: https://www.rfc-editor.org/rfc/rfc8246).
    """
    scope = "public" if side == "public" else "private"
    immutable = ", immutable" if kind in _NAMED_BY_CONTENT else ""
    return f"{scope}, max-age={_MAX_AGE[kind]}{immutable}"


def tier_side(tier: str, show: Show) -> Side:
    """Whether objects of an access tier are for everybody."""
    return "public" if tier in show.public else "private"


def feed_side(feed: Feed, show: Show) -> Side:
    """A feed that may name one members' episode is itself not for everybody."""
    return "public" if all(tier in show.public for tier in feed.select.tiers) else "private"


def episode_stem(slug: str, side: Side) -> str:
    """What the keys of an episode's objects begin with."""
    return f"{PRIVATE if side == 'private' else ''}episodes/{slug}/{slug}"


def staged_stem(slug: str) -> str:
    """What the keys of a public episode begin with before it is due."""
    return f"{STAGED}{slug}/{slug}"


def early_stem(slug: str) -> str:
    """What the keys of a public episode begin with while it is for members alone."""
    return f"{EARLY}{slug}/{slug}"


def teaser_stem(slug: str) -> str:
    """What the key of the audio of a teaser begins with, once it is for everybody."""
    return f"{TEASERS}{slug}/{slug}"


def withdrawn_stem(slug: str) -> str:
    """What the keys of a withdrawn episode's audio begin with."""
    return f"{WITHDRAWN}{slug}/{slug}"


def stem_of(outline: Outline, show: Show) -> str:
    """The stem of an episode that was never published."""
    return episode_stem(outline.slug, tier_side(outline.tier, show))


def feed_key(feed: Feed, show: Show) -> str:
    """Key of a feed."""
    return f"{PRIVATE if feed_side(feed, show) == 'private' else ''}{feed.name}.xml"


def archive_key(feed: Feed, number: int, *, show: Show) -> str:
    """Key of an archive page of a feed, numbered from the oldest on, so that its content does not move."""
    return f"{PRIVATE if feed_side(feed, show) == 'private' else ''}archive/{feed.name}/{number}.xml"


def page_key(stem: str) -> str:
    """Key of an episode's web page. Stores serve no index of a folder by themselves, so links name it in full."""
    return f"{stem.rpartition('/')[0]}/index.html"


def is_key(key: str) -> bool:
    """Return whether a text is a key: ASCII names joined by slashes, which mean the same to every store and address."""
    return key.isascii() and key.isprintable() and "\\" not in key and not {"", ".", ".."} & set(key.split("/"))


def is_page(key: str) -> bool:
    """Whether a key is that of a web page, or of what describes pages: those which go when nothing needs them."""
    return _PAGES.fullmatch(key) is not None


def is_media(key: str) -> bool:
    """Whether a key is of a shape that podwright gives to what it uploads before feeds and pages name it."""
    return is_key(key) and _MEDIA.fullmatch(key) is not None


def is_only_ours(key: str) -> bool:
    """Whether nobody but podwright gives such a name: it lies below `private/`, or carries its content's digest."""
    return is_media(key) and _SURE.fullmatch(key) is not None


def is_document(key: str) -> bool:
    """Whether a key is that of a feed, a page, a transcript or another text, whose content changes under its name."""
    return key.endswith(_TEXTS) and not key.startswith(("assets/", OWN))


def generation_key(number: int) -> str:
    """Key of a former generation's manifest."""
    return f"{HISTORY}generations/{number}.json"


def content_key(sha256: str) -> str:
    """Key of what a former generation's document said; many generations may name it."""
    return f"{HISTORY}objects/{sha256}"


def download_name(show_title: str, title: str) -> str:
    """A file name, without its ending, that a person recognises in a downloads folder."""
    name = f"{show_title} - {title}"
    return "".join("-" if c in '/\\:*?"<>|' else c for c in name)[:120].strip(" .")


def artwork_stem(name: str, side: Side) -> str:
    """What the keys of a feed's artwork begin with."""
    return f"{PRIVATE if side == 'private' else ''}artwork/{name}"


def image_key(stem: str, *, sha256: str, suffix: str) -> str:
    """Key of a picture; it changes when the picture does."""
    return f"{stem}-{sha256[:12]}{suffix}"


def public_url(key: str, show: Show) -> str:
    """The address at which a key is read."""
    return show.storage.public_url + quote(key)


def enclosure_url(key: str, show: Show, *, side: Side) -> str:
    """The address of audio as feeds say it: through the show's counting service, which members' audio never passes.

    A service takes the address without its scheme where that is https (https://op3.dev/setup).
    """
    url = public_url(key, show)
    if show.enclosure_prefix is None or side == "private":
        return url
    return show.enclosure_prefix + url.removeprefix("https://")
