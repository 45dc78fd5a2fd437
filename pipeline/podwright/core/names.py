"""Names of published objects: what an object is and whose, the key it lies under, its headers and its address.

Keys are stable names, not content hashes: apps pin the first address they saw for a guid. Artwork is the exception,
since Apple fetches a new picture only from a new address
(https://podcasters.apple.com/support/896-artwork-requirements).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args
from urllib.parse import quote

from podwright.core.artifact import Side
from podwright.core.model import Feed, Outline, Show

#: Everything below it is not for the public; a bucket policy or a web server's rule makes it so.
PRIVATE = "private/"
#: Podwright's own objects, which no manifest lists.
OWN = "private/podwright/"
#: What the store says of itself.
MANIFEST_KEY = f"{OWN}manifest.json"
#: Former generations.
HISTORY = f"{OWN}history/"

#: Where an episode's objects lie: under the address that listeners have, with members who have it early, out of sight
#: until it is due (so that a machine without the audio can publish it later), or put away after it was withdrawn.
Place = Literal["published", "early", "staged", "withdrawn"]
_ASIDE: Mapping[Place, str] = MappingProxyType(
    {"early": f"{PRIVATE}early/", "staged": f"{PRIVATE}staged/", "withdrawn": f"{PRIVATE}withdrawn/"}
)

#: How an object is used: "media" is uploaded before feeds and pages name it; a "page" goes when nothing needs it;
#: "history" and "own" are for podwright alone.
Role = Literal["media", "page", "feed", "history", "own"]
_PAGES: tuple[Role, ...] = ("page",)
_FEEDS: tuple[Role, ...] = ("feed",)
_UPLOADS: tuple[Role, ...] = ("media", "history")

KindName = Literal[
    "archive", "artwork", "asset", "audio", "chapter_picture", "chapters", "content", "embed", "feed",
    "further_picture", "generation", "home", "lease", "list", "manifest", "missing", "oembed", "opml", "page",
    "picture", "search", "search_index", "sitemap", "teaser", "transcript", "translation",
    "waiting_teaser",
]  # fmt: skip

#: Published audio by its suffix: our media type, then others that stores give to it.
AUDIO: Mapping[str, tuple[str, ...]] = MappingProxyType({".mp3": ("audio/mpeg",), ".m4a": ("audio/x-m4a", "audio/mp4")})

_DAY = 86_400
_MAX_AGE = {"feed": 300, "page": 300, "text": 3_600, "audio": _DAY, "image": 365 * _DAY, "asset": 365 * _DAY}
_NAMED_BY_CONTENT = frozenset({"image", "asset"})

_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_DIGEST = "[0-9a-f]{12}"
#: A language tag in small letters.
_LANGUAGE = "[a-z]{2,3}(?:-[a-z0-9]{1,8})*"
_LISTS = "archive|sections/[^/]+|seasons/[^/]+"

_HTML, _JSON, _XML = "text/html; charset=utf-8", "application/json", "application/xml"
_RSS, _OPML = "application/rss+xml; charset=utf-8", "text/x-opml; charset=utf-8"
_CHAPTERS, _UNKNOWN = "application/json+chapters", "application/octet-stream"
_AUDIO = {suffix: types[0] for suffix, types in AUDIO.items()}
_IMAGES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
_TEXTS = {
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".json": _JSON,
    ".html": _HTML,
    ".txt": "text/plain; charset=utf-8",
}
_DOCUMENTS = (".xml", ".opml", *_TEXTS)
_ASSETS = {
    **_IMAGES,
    ".css": "text/css; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object."""

    #: Its key. `{folder}` and `{stem}` are those of an episode in a place; `{side}` is empty for what is public.
    shape: str
    #: Its media type, or those by the ending of its suffix.
    types: str | Mapping[str, str]
    #: Its class for `cache_control`; None for what no cache may keep.
    caching: str | None
    role: Role
    _: KW_ONLY
    #: Regular expressions of the fields of the shape; the suffix is one of `types` where there is none.
    owner: str = _SLUG
    detail: str = _DIGEST
    suffix: str | None = None
    #: Where an episode's object of this kind may lie.
    places: tuple[Place, ...] = ("published", "early")
    #: Whether nobody but podwright gives such a name even to what is public.
    distinctive: bool = False


_ANYWHERE: tuple[Place, ...] = ("published", "early", "staged", "withdrawn")
_picture = functools.partial(Kind, types=_IMAGES, caching="image", role="media", suffix="[^/]*")

#: All that podwright knows of names. A key is of the first kind whose shape it has.
KINDS: Mapping[KindName, Kind] = MappingProxyType(
    {
        "home": Kind("index.html", _HTML, "page", "page"),
        "missing": Kind("404.html", _HTML, "page", "page"),
        "sitemap": Kind("{detail}.xml", _XML, "page", "page", detail=r"sitemap(?:-\d+)?"),
        "search": Kind("search/index.html", _HTML, "page", "page"),
        "search_index": Kind("search/{detail}.json", _JSON, "page", "page", detail=".+"),
        "list": Kind("{owner}/{detail}.html", _HTML, "page", "page", owner=_LISTS, detail=r"index|page-\d+"),
        "page": Kind("{folder}/index.html", _HTML, "page", "page", owner="[^/]+"),
        "embed": Kind("{folder}/embed.html", _HTML, "page", "page", owner="[^/]+"),
        "oembed": Kind("{folder}/oembed.json", _JSON, "page", "page", owner="[^/]+"),
        "audio": Kind("{stem}{suffix}", _AUDIO, "audio", "media", places=_ANYWHERE),
        "waiting_teaser": Kind("{stem}-teaser{suffix}", _AUDIO, "audio", "media", places=_ANYWHERE),
        "teaser": Kind("teasers/{owner}/{owner}{suffix}", _AUDIO, "audio", "media"),
        "transcript": Kind("{stem}{suffix}", _TEXTS, "text", "media"),
        "translation": Kind("{stem}.{detail}{suffix}", _TEXTS, "text", "media", detail=_LANGUAGE),
        "chapters": Kind("{stem}-chapters.json", _CHAPTERS, "text", "media"),
        "picture": _picture("{stem}-{detail}{suffix}"),
        "further_picture": _picture("{stem}-picture-{detail}{suffix}"),
        "chapter_picture": _picture("{stem}-chapter-{detail}{suffix}"),
        "artwork": _picture("{side}artwork/{owner}-{detail}{suffix}", distinctive=True),
        "asset": Kind(
            *("assets/{owner}-{detail}{suffix}", _ASSETS, "asset", "media"),
            owner="[^/]+",
            suffix=r"\.[a-z0-9]+",
            distinctive=True,
        ),
        "opml": Kind("feeds.opml", _OPML, "text", "feed"),
        "archive": Kind("{side}archive/{owner}/{detail}.xml", _RSS, "feed", "feed", owner="[^/]+", detail=r"\d+"),
        "feed": Kind("{side}{owner}.xml", _RSS, "feed", "feed", owner="[^/]+"),
        "manifest": Kind(MANIFEST_KEY, _JSON, None, "own"),
        "lease": Kind(f"{OWN}lease.json", _JSON, None, "own"),
        "generation": Kind(f"{HISTORY}generations/{{detail}}.json", _JSON, None, "history", detail=r"\d+"),
        "content": Kind(f"{HISTORY}objects/{{detail}}", _UNKNOWN, None, "history", detail="[0-9a-f]{64}"),
    }
)
_FEED_ENDINGS = (".xml", ".opml")
_PAGE_ENDINGS = tuple({f".{kind.shape.rpartition('.')[2]}" for kind in KINDS.values() if kind.role in _PAGES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectName:
    """The name of an object in the store, from which its key and its headers follow."""

    kind: KindName
    #: Whether anybody may read it; what lies aside, and what is podwright's own, never is public.
    side: Side = "public"
    #: The slug of the episode, the name of the feed, the folder of the list, or the name of the asset.
    owner: str = ""
    place: Place = "published"
    #: What tells it from others of its kind and owner: the beginning of a digest, a number, or a file's name.
    detail: str = ""
    #: The end of its key, where its kind has several.
    suffix: str = ""

    def __post_init__(self) -> None:
        if self.place != "published" or KINDS[self.kind].shape.startswith(PRIVATE):
            object.__setattr__(self, "side", "private")

    @property
    def stem(self) -> str:
        """The beginning of the keys of the episode's objects that are called after it."""
        return episode_stem(self.owner, self.side, place=self.place)

    @property
    def media_type(self) -> str:
        """The Content-Type."""
        types = KINDS[self.kind].types
        return types if isinstance(types, str) else types.get(f".{self.suffix.rpartition('.')[2]}", _UNKNOWN)

    @property
    def cache_control(self) -> str:
        """The Cache-Control header."""
        caching = KINDS[self.kind].caching
        return cache_control(caching, self.side) if caching else "private, no-store"

    def render(self) -> str:
        """Return the key."""
        stem = self.stem
        return KINDS[self.kind].shape.format(
            stem=stem,
            folder=stem.rpartition("/")[0],
            side=PRIVATE if self.side == "private" else "",
            owner=self.owner,
            detail=self.detail,
            suffix=self.suffix,
        )

    def sibling(self, kind: KindName, *, detail: str = "", suffix: str = "") -> ObjectName:
        """Return the name of another object of the same owner, which lies in the same place."""
        return replace(self, kind=kind, detail=detail, suffix=suffix)


def parse(key: str) -> ObjectName | None:
    """Return the name behind a key; None where podwright gives no such key."""
    kind, match = _match(key) if is_key(key) else (None, None)
    if kind is None or match is None:
        return None
    return ObjectName(kind=kind, side=side_of(key), place=place_of(key), **match.groupdict())


def _match(key: str, roles: Collection[Role] = get_args(Role)) -> tuple[KindName | None, re.Match[str] | None]:
    """Return the first kind with one of the roles whose shape a key has."""
    folder, slash, _ = key.removeprefix(PRIVATE).partition("/")
    for kind, pattern in _patterns().get(folder if slash else "", ()):
        if KINDS[kind].role in roles and (match := pattern.fullmatch(key)):
            return kind, match
    return None, None


@functools.cache
def _patterns() -> Mapping[str, list[tuple[KindName, re.Pattern[str]]]]:
    """Return the expressions of all kinds, by the folder below `private/` or the root in which their keys lie."""
    patterns: dict[str, list[tuple[KindName, re.Pattern[str]]]] = {}
    for name, kind in KINDS.items():
        pattern = re.compile(_expression(kind))
        start = kind.shape.removeprefix("{side}").removeprefix(PRIVATE).replace("{stem}", "{folder}/")
        folder = start.rpartition("/")[0] and start.partition("/")[0]
        folders = {
            "{folder}": ["episodes", *(_ASIDE[place].split("/")[1] for place in kind.places if place in _ASIDE)],
            "{owner}": [part.partition("/")[0] for part in kind.owner.split("|")],
        }
        for one in folders.get(folder, [folder]):
            patterns.setdefault(one, []).append((name, pattern))
    return patterns


@functools.cache
def _pattern(roles: tuple[Role, ...]) -> re.Pattern[str]:
    """Return one expression of all kinds with these roles, for what is asked of every key of a store."""
    # Most kinds begin alike, with the folder and the name of an episode, which is compared once for all of them.
    tails: dict[str, list[str]] = {}
    for kind in KINDS.values():
        if kind.role in roles:
            text = re.sub(r"\?P<(?:detail|suffix)>", "?:", _expression(kind))
            start, name, tail = text.partition("/(?P=owner)")
            tails.setdefault(start + name, []).append(tail)
    shapes = (f"{start}(?:{'|'.join(ends)})" for start, ends in tails.items())
    return re.compile("|".join(shape.replace("owner", f"owner{n}") for n, shape in enumerate(shapes)))


def _expression(kind: Kind) -> str:
    """Return the regular expression of a kind's keys, whose groups are called after the fields of a name."""
    suffix = kind.suffix or "|".join(map(re.escape, kind.types))
    folders = "|".join(["(?:private/)?episodes/", *(_ASIDE[place] for place in kind.places if place in _ASIDE)])
    shape = kind.shape.replace("{stem}", "{folder}/{owner}").replace("{folder}", f"(?:{folders}){{owner}}")
    text = (
        shape.replace(".", r"\.").replace("{side}", f"(?:{PRIVATE})?").replace("{owner}", f"(?P<owner>{kind.owner})", 1)
    )
    text = text.replace("{owner}", "(?P=owner)").replace("{detail}", f"(?P<detail>{kind.detail})")
    return text.replace("{suffix}", f"(?P<suffix>{suffix})")


def side_of(key: str) -> Side:
    """Return whether anybody may read what lies under a key."""
    return "private" if key.startswith(PRIVATE) else "public"


def place_of(key: str) -> Place:
    """Return where an episode's object or stem lies; "published" for any key that lies nowhere aside."""
    return next((place for place, folder in _ASIDE.items() if key.startswith(folder)), "published")


def is_own(key: str) -> bool:
    """Return whether a key is for podwright's own objects, which no manifest lists."""
    return key.startswith(OWN)


def is_page(key: str) -> bool:
    """Return whether a key is that of a web page, or of what describes pages, which go when nothing needs them."""
    return key.endswith(_PAGE_ENDINGS) and _pattern(_PAGES).fullmatch(key) is not None


def is_feed(key: str) -> bool:
    """Return whether a key is that of a document of a feed, or of the list of feeds, which go as pages do."""
    return key.endswith(_FEED_ENDINGS) and not is_page(key) and _pattern(_FEEDS).fullmatch(key) is not None


def is_media(key: str) -> bool:
    """Return whether a key is of a shape that podwright gives to what it uploads before feeds and pages name it."""
    return _pattern(_UPLOADS).fullmatch(key) is not None and is_key(key)


def is_only_ours(key: str) -> bool:
    """Return whether nobody but podwright gives such a name: it is private, or carries its content's digest."""
    kind, _ = _match(key, _UPLOADS) if is_key(key) else (None, None)
    return kind is not None and (side_of(key) == "private" or KINDS[kind].distinctive)


def is_document(key: str) -> bool:
    """Return whether a key is that of a feed, a page or another text, whose content changes under its name."""
    return key.endswith(_DOCUMENTS) and not key.startswith(("assets/", OWN))


def episode_stem(slug: str, side: Side, *, place: Place = "published") -> str:
    """Return the beginning of the keys of an episode's objects in a place."""
    folder = _ASIDE[place] if place != "published" else f"{PRIVATE if side == 'private' else ''}episodes/"
    return f"{folder}{slug}/{slug}"


def staged_stem(slug: str) -> str:
    """Return the beginning of a public episode's keys before it is due."""
    return episode_stem(slug, "private", place="staged")


def early_stem(slug: str) -> str:
    """Return the beginning of a public episode's keys while it is for members alone."""
    return episode_stem(slug, "private", place="early")


def withdrawn_stem(slug: str) -> str:
    """Return the beginning of the key of a withdrawn episode's audio."""
    return episode_stem(slug, "private", place="withdrawn")


def teaser_stem(slug: str) -> str:
    """Return the beginning of the key of the audio of a teaser, once it is for everybody."""
    return f"teasers/{slug}/{slug}"


def cache_control(kind: str, side: Side) -> str:
    """Return the Cache-Control header of a "feed", "page", "text" (as transcripts), "audio", "image" or "asset".

    Shared caches may keep what is public; a corrected file keeps its address, so only what has a key that changes with
    its content is immutable (RFC 9111 section 5.2.2, RFC 8246: https://www.rfc-editor.org/rfc/rfc8246).
    """
    scope = "public" if side == "public" else "private"
    immutable = ", immutable" if kind in _NAMED_BY_CONTENT else ""
    return f"{scope}, max-age={_MAX_AGE[kind]}{immutable}"


def tier_side(tier: str, show: Show) -> Side:
    """Return the side on which the objects of a tier lie."""
    return "public" if tier in show.public else "private"


def feed_side(feed: Feed, show: Show) -> Side:
    """Return the side of a feed: private where it may name one members' episode."""
    return "public" if all(tier in show.public for tier in feed.select.tiers) else "private"


def stem_of(outline: Outline, show: Show) -> str:
    """Return the stem of an episode that was never published."""
    return episode_stem(outline.slug, tier_side(outline.tier, show))


def feed_key(feed: Feed, show: Show) -> str:
    """Return the key of a feed."""
    return f"{PRIVATE if feed_side(feed, show) == 'private' else ''}{feed.name}.xml"


def former_keys(feed: Feed, show: Show) -> tuple[str, ...]:
    """Return the keys that a feed had under its former names."""
    return tuple(feed_key(replace(feed, name=name), show) for name in feed.former)


def archive_key(feed: Feed, number: int, *, show: Show) -> str:
    """Return the key of an archive page of a feed, numbered from the oldest on, so that its content does not move."""
    return f"{PRIVATE if feed_side(feed, show) == 'private' else ''}archive/{feed.name}/{number}.xml"


def page_key(stem: str) -> str:
    """Return the key of an episode's web page.

    Stores serve no index of a folder by themselves, so links name it in full.
    """
    return f"{stem.rpartition('/')[0]}/index.html"


def is_key(key: str) -> bool:
    """Return whether a text is a key: ASCII names joined by slashes, which mean the same to every store and address."""
    return key.isascii() and key.isprintable() and "\\" not in key and not {"", ".", ".."} & set(key.split("/"))


def generation_key(number: int) -> str:
    """Return the key of a former generation's manifest."""
    return f"{HISTORY}generations/{number}.json"


def content_key(sha256: str) -> str:
    """Return the key of what a former generation's document said; many generations may name it."""
    return f"{HISTORY}objects/{sha256}"


def download_name(show_title: str, title: str) -> str:
    """Return a file name, without its ending, that a person recognises in a downloads folder."""
    name = f"{show_title} - {title}"
    return "".join("-" if c in '/\\:*?"<>|' else c for c in name)[:120].strip(" .")


def artwork_stem(name: str, side: Side) -> str:
    """Return the beginning of the keys of a feed's artwork."""
    return f"{PRIVATE if side == 'private' else ''}artwork/{name}"


def image_key(stem: str, *, sha256: str, suffix: str) -> str:
    """Return the key of a picture; it changes when the picture does."""
    return f"{stem}-{sha256[:12]}{suffix}"


def public_url(key: str, show: Show) -> str:
    """Return the address at which a key is read."""
    return show.storage.public_url + quote(key)


def enclosure_url(key: str, show: Show, *, side: Side) -> str:
    """Return the address of audio in feeds: through the show's counting service, which members' audio never passes.

    A service takes the address without its scheme where that is https (https://op3.dev/setup).
    """
    url = public_url(key, show)
    if show.enclosure_prefix is None or side == "private":
        return url
    return show.enclosure_prefix + url.removeprefix("https://")
