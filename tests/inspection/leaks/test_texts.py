"""A secret is found however it is written, and what is public for another reason is none."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from podwright.inspection.leaks.texts import Needles, build_needles, find_index_words, find_secrets
from podwright.inspection.leaks.types import LeakKind, Secret

TITLE = "Café & “night” shifts: what sleep costs"


def needles(*secrets: tuple[LeakKind, str], public: tuple[str, ...] = ()) -> Needles:
    found = [Secret(subject="one (gold)", kind=kind, text=text) for kind, text in secrets]
    keys = {"private/episodes/one/one.mp3": "one (gold)", "private/gold.xml": "the members' gold.xml"}
    return build_needles(found, public, keys=keys, slugs={"one": "one (gold)"})


def kinds(data: bytes, sought: Needles) -> set[LeakKind]:
    return {one.kind for one in find_secrets(data, sought)}


def utf16(text: str) -> bytes:
    return b"ID3\x03\0TIT2\0\0\0\x55\0\0\x01\xff\xfe" + text.encode("utf-16-le")


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "in other letters": lambda text: text.upper().replace(" ", "  ").encode(),
    "HTML": lambda text: f"<p>{html.escape(text)}</p>".encode(),
    "HTML in numbers": lambda text: "".join(f"&#{ord(char)};" for char in text).encode(),
    "HTML in XML": lambda text: f"<description>{html.escape(f'<p>{html.escape(text)}</p>')}</description>".encode(),
    "markup within": lambda text: html.escape(text).replace("night", "<em class='x'>night</em>").encode(),
    "JSON": lambda text: json.dumps({"name": text}).encode(),
    "JSON in HTML": lambda text: html.escape(json.dumps({"name": text})).encode(),
    "an address": lambda text: f"https://example.org/?t={quote(text)}".encode(),
    "gzip": lambda text: gzip.compress(f"before {text} after".encode()),
    "UTF-16": utf16,
    "UTF-16 at an odd byte": lambda text: utf16("x") + b"\0" + utf16(text),
    "UTF-16, the other way round": lambda text: b"ID3\0TIT2\xfe\xff" + text.encode("utf-16-be"),
    "combining accents": lambda text: text.replace("é", "e\u0301").encode(),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_a_title_is_found_however_it_is_written(write: Callable[[str], bytes]) -> None:
    assert kinds(write(TITLE), needles(("title", TITLE))) == {"title"}
    assert kinds(write("Something else is told here, at much greater length"), needles(("title", TITLE))) == set()


def test_a_long_text_is_found_in_part() -> None:
    line = "Take two readings in the morning, and two in the evening, and write down every number that you see."
    sought = needles(("transcript", line))
    assert kinds(b"... in the morning, and two in the evening, and write down every number ...", sought) == {
        "transcript"
    }
    assert kinds(b"Take two readings.", sought) == set()


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<h1>Gout</h1>", True),
        ('{"title":"Gout"}', True),
        ("00:01.000 --> 00:02.000\nGout\n", True),
        ("<title>Gout | Show</title>", True),
        ("<p>He had gout for years.</p>", False),
    ],
)
def test_a_short_title_is_found_where_it_stands_by_itself(page: str, found: bool) -> None:
    assert (kinds(page.encode(), needles(("title", "Gout"))) == {"title"}) is found


def test_what_is_public_for_another_reason_is_no_secret() -> None:
    intro = "Welcome to the show about medicine at home, with Ada and Bob."
    sought = needles(("transcript", intro), ("title", "Gout"), public=(intro, "Gout"))
    assert kinds(f"<p>{intro}</p><b>Gout</b>".encode(), sought) == set()


@pytest.mark.parametrize("text", ["provider name", "isAccessibleForFree", "thumbnail_url"])
def test_a_text_that_is_a_name_of_a_format_is_not_found_in_each_document_of_it(text: str) -> None:
    document = {"@id": 1, "provider_name": "A show", "isAccessibleForFree": True, "thumbnail_url": None}
    assert kinds(json.dumps(document).encode(), needles(("text", text))) == set()
    assert kinds(json.dumps({"name": text}).encode(), needles(("text", text))) == {"text"}


def test_a_script_without_spaces_is_searched_too() -> None:
    title = "夜間勤務のあとの睡眠について"
    assert kinds(f"<p>今日は{title}話します</p>".encode(), needles(("title", title))) == {"title"}


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example.org/private/episodes/one/one.mp3?x=1",
        "see private/episodes/one/transcript-of-old.vtt.",
        r"https:\/\/cdn.example.org\/private\/episodes\/one\/one.mp3",
        "https://cdn.example.org/%70rivate/episodes/one/one.mp3",
        "https://cdn.example.org/private/gold.xml",
        "https://cdn.example.org/episodes/one/index.html",
    ],
)
def test_the_address_of_what_is_private_is_found(text: str) -> None:
    assert kinds(text.encode(), needles()) == {"key"}


@pytest.mark.parametrize("text", ["private/", "a private/public partnership", "private/episodes/", "episodes/two/"])
def test_no_other_address_is(text: str) -> None:
    assert kinds(text.encode(), needles()) == set()


def test_the_words_of_the_search_are_those_of_public_texts_alone() -> None:
    sought = needles(("transcript", "Melatonin helps at 12 o'clock"), public=("What helps at 12",))
    assert {one.kind for one in find_index_words(b'{"helps":[0,12],"melatonin":[1,3]}', sought)} == {"word"}
    assert list(find_index_words(b'{"helps":[0,12]}', sought)) == []
    assert list(find_index_words(b"no JSON", sought)) == []
