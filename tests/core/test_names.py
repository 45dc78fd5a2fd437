"""Names of published objects: what is private by its name, how long copies are kept, and the addresses."""

from __future__ import annotations

from typing import get_args
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.core import names
from podwright.core.artifact import Side
from podwright.core.model import Storage
from podwright.core.names import KINDS, KindName, ObjectName, Place
from tests.building.values import feed, outline, show


@pytest.mark.parametrize(
    ("tier", "side"),
    [("free", "public"), ("sample", "public"), ("gold", "private"), ("silver", "private"), ("unheard-of", "private")],
)
def test_a_tier_is_public_only_where_the_show_says_so(tier: str, side: Side) -> None:
    assert names.tier_side(tier, show()) == side


@pytest.mark.parametrize(
    ("tiers", "side", "key"),
    [
        (("free",), "public", "main.xml"),
        (("free", "sample"), "public", "main.xml"),
        (("free", "gold"), "private", "private/main.xml"),
        (("gold",), "private", "private/main.xml"),
    ],
    ids=str,
)
def test_a_feed_that_may_name_a_members_episode_is_private(tiers: tuple[str, ...], side: Side, key: str) -> None:
    assert names.feed_side(feed(*tiers), show()) == side
    assert names.feed_key(feed(*tiers), show()) == key


@pytest.mark.parametrize(
    ("made", "key"),
    [
        (names.episode_stem("statins", "public"), "episodes/statins/statins"),
        (names.episode_stem("statins", "private"), "private/episodes/statins/statins"),
        (names.staged_stem("statins"), "private/staged/statins/statins"),
        (names.early_stem("statins"), "private/early/statins/statins"),
        (names.stem_of(outline("statins"), show()), "episodes/statins/statins"),
        (names.stem_of(outline("statins", tier="gold"), show()), "private/episodes/statins/statins"),
        (names.archive_key(feed(), 3, show=show()), "archive/main/3.xml"),
        (names.archive_key(feed("gold"), 3, show=show()), "private/archive/main/3.xml"),
        (names.artwork_stem("main", "public"), "artwork/main"),
        (names.artwork_stem("main", "private"), "private/artwork/main"),
        (
            names.image_key("artwork/main", sha256="0123456789abcdef" * 4, suffix=".png"),
            "artwork/main-0123456789ab.png",
        ),
    ],
)
def test_keys_say_what_they_hold_and_whether_it_is_private(made: str, key: str) -> None:
    assert made == key


def test_a_picture_that_changes_gets_another_key() -> None:
    first, second = (names.image_key("artwork/main", sha256=digit * 64, suffix=".jpg") for digit in "ab")
    assert first != second


def test_one_slug_has_stems_that_never_meet() -> None:
    aside = [names.staged_stem("a"), names.early_stem("a"), names.withdrawn_stem("a")]
    stems = [names.episode_stem("a", "public"), names.episode_stem("a", "private"), *aside]
    assert not [(one, two) for one in stems for two in stems if one != two and one.startswith(two)]


@pytest.mark.parametrize(
    ("kind", "side", "header"),
    [
        ("feed", "public", "public, max-age=300"),
        ("feed", "private", "private, max-age=300"),
        ("text", "public", "public, max-age=3600"),
        ("text", "private", "private, max-age=3600"),
        ("audio", "public", "public, max-age=86400"),
        ("audio", "private", "private, max-age=86400"),
        ("image", "public", "public, max-age=31536000, immutable"),
        ("image", "private", "private, max-age=31536000, immutable"),
    ],
)
def test_shared_caches_keep_what_is_public_and_only_artwork_for_good(kind: str, side: Side, header: str) -> None:
    assert names.cache_control(kind, side) == header


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("episodes/a/a.mp3", "https://cdn.example.org/pod/episodes/a/a.mp3"),
        ("a b+c.mp3", "https://cdn.example.org/pod/a%20b%2Bc.mp3"),
        ("50%?x=1#y.mp3", "https://cdn.example.org/pod/50%25%3Fx%3D1%23y.mp3"),
        ("a~b_c-d.mp3", "https://cdn.example.org/pod/a~b_c-d.mp3"),
        ('<"&>.mp3', "https://cdn.example.org/pod/%3C%22%26%3E.mp3"),
    ],
)
def test_an_address_quotes_all_that_would_mean_something_else(key: str, url: str) -> None:
    assert names.public_url(key, show()) == url


@settings(max_examples=50)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_an_address_leads_back_to_its_key(key: str) -> None:
    at = show(storage=Storage(url="s3://bucket", public_url="https://example.org/"))
    parts = urlsplit(names.public_url(key, at))
    assert (parts.query, parts.fragment) == ("", "")
    assert unquote(parts.path) == f"/{key}"


@pytest.mark.parametrize(
    ("prefix", "base", "side", "url"),
    [
        (None, "https://cdn.example.org/", "public", "https://cdn.example.org/a/b.mp3"),
        ("https://op3.dev/e/", "https://cdn.example.org/", "public", "https://op3.dev/e/cdn.example.org/a/b.mp3"),
        ("https://op3.dev/e/", "http://localhost:80/", "public", "https://op3.dev/e/http://localhost:80/a/b.mp3"),
        ("https://op3.dev/e,pg=1/", "https://c.example/p/", "public", "https://op3.dev/e,pg=1/c.example/p/a/b.mp3"),
        ("https://op3.dev/e/", "https://cdn.example.org/", "private", "https://cdn.example.org/a/b.mp3"),
    ],
)
def test_a_counting_service_stands_before_public_audio_alone(
    prefix: str | None, base: str, side: Side, url: str
) -> None:
    counted = show(enclosure_prefix=prefix, storage=Storage(url="s3://bucket", public_url=base))
    assert names.enclosure_url("a/b.mp3", counted, side=side) == url


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", True),
        ("404.html", True),
        ("sitemap-2.xml", True),
        ("archive/page-3.html", True),
        ("search/100/16-3.json", True),
        ("episodes/a/index.html", True),
        ("private/episodes/a/oembed.json", True),
        ("private/early/a/index.html", True),
        ("private/early/a/a.html", False),
        ("episodes/404/404.html", False),
        ("episodes/page-1/page-1.html", False),
        ("episodes/a/a.html", False),
        ("archive/main/1.xml", False),
        ("search.xml", False),
    ],
)
def test_a_page_is_told_from_what_has_a_similar_name(key: str, expected: bool) -> None:
    assert names.is_page(key) is expected


#: Fields that a kind takes besides a slug, a digest and an ending of `types`.
_DETAILS = {
    "list": ("index", "page-3"),
    "sitemap": ("sitemap", "sitemap-2"),
    "search_index": ("episodes-0", "0/100-3"),
    "archive": ("3",),
    "generation": ("12",),
    "content": ("0123456789abcdef" * 4,),
    "translation": ("de", "pt-br", "zh-hant-tw"),
}
_OWNERS = {"list": ("archive", "sections/a", "seasons/page-1")}
#: Not "index": the page of such an episode and its transcript in HTML would have one key.
_SLUGS = (
    "a",
    "page-1",
    "a-teaser",
    "a-chapters",
    "a-picture-0123456789ab",
    "404",
    "episodes",
    "x-0123456789ab",
)


@st.composite
def _names(draw: st.DrawFn) -> ObjectName:
    """Names of every kind, side and place."""
    name: KindName = draw(st.sampled_from(get_args(KindName)))
    kind = KINDS[name]
    takes = [field for field in ("owner", "detail", "suffix") if f"{{{field}}}" in kind.shape]
    if "{stem}" in kind.shape or "{folder}" in kind.shape:
        takes.append("owner")
    endings = () if isinstance(kind.types, str) else tuple(kind.types)
    places: tuple[Place, ...] = kind.places if "{stem}" in kind.shape or "{folder}" in kind.shape else ("published",)
    sided = "{side}" in kind.shape or places != ("published",)
    return ObjectName(
        kind=name,
        side=draw(st.sampled_from(["public", "private"])) if sided else "public",
        owner=draw(st.sampled_from(_OWNERS.get(name, _SLUGS))) if "owner" in takes else "",
        place=draw(st.sampled_from(places)),
        detail=draw(st.sampled_from(_DETAILS.get(name, ("0123456789ab",)))) if "detail" in takes else "",
        suffix=draw(st.sampled_from(endings)) if "suffix" in takes else "",
    )


@settings(max_examples=500)
@given(_names())
def test_a_key_leads_back_to_its_name(name: ObjectName) -> None:
    key = name.render()
    assert names.parse(key) == name
    assert names.side_of(key) == name.side
    assert names.is_page(key) == (KINDS[name.kind].role == "page")
    assert names.is_media(key) == (KINDS[name.kind].role in ("media", "history"))


def test_every_kind_is_in_the_table() -> None:
    assert set(KINDS) == set(get_args(KindName))


@pytest.mark.parametrize(
    "key", ["", "readme.txt", "private/", "episodes/a/b.mp3", "episodes/A/A.mp3", "a//b.xml", "é.xml"]
)
def test_a_key_that_podwright_does_not_give_has_no_name(key: str) -> None:
    assert names.parse(key) is None
