"""Parsers of single values as people write them; each raises ValueError.

The message of the ValueError is `what is wrong; what to do`. Values come from TOML with a type, and from YAML as text.
"""

from __future__ import annotations

import datetime as dt
import difflib
import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat

from podwright.core.model import Category
from podwright.core.showing import has_credentials, shortened
from podwright.workspace.documents import FORBIDDEN
from podwright.workspace.vocabularies import CATEGORIES

#: Apple's bounds: https://podcasters.apple.com/support/823-podcast-requirements (text), and the description's in bytes.
LONGEST_LINE = 255
DESCRIPTION_BYTES = 4000
#: Some hosts take the address of an episode, with all its parameters, for its guid.
LONGEST_GUID = 2000

#: A slug becomes part of file names with endings of their own, and a file name has at most 255 bytes.
LONGEST_SLUG = 100

RULE = f"use lower-case letters, digits and single hyphens, at most {LONGEST_SLUG} characters"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Letters that are not a base letter with marks, so that Unicode's decomposition leaves them whole.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})

_KINDS: dict[type, str] = {
    type(None): "empty",
    str: "text",
    bool: "true or false",
    int: "a number",
    Decimal: "a number",
    list: "a list",
    dict: "a table",
    dt.date: "a date",
    dt.datetime: "a date",
    dt.time: "a time",
}


def kind_of(value: object) -> str:
    """Return what a value is, in a word."""
    return _KINDS[type(value)]


def shown(value: object) -> str:
    """Return a value as a message quotes it, shortened."""
    return repr(shortened(value if isinstance(value, str) else plain(value)))


def plain(value: object) -> str:
    """Return a value as text; "…" for a number of thousands of digits, which Python refuses to write."""
    try:
        return str(value)
    except ValueError:
        return "…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean '…'?`, or "" where nothing known is near."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return f"did you mean {by_lower[near[0]]!r}?" if near else ""


def formed(pattern: str, refusal: str) -> Callable[[Any], str]:
    """Return a parser of one line of a form. refusal: `what is wrong; what to do`, which does not repeat the line."""

    def parse(value: Any) -> str:
        text = line(value)
        if not re.fullmatch(pattern, text):
            raise ValueError(refusal)
        return text

    return parse


def prose(value: Any) -> str:
    """Return a text of any length, trimmed, not empty."""
    if value is None:
        raise ValueError("is empty; write a text, or delete the line")
    text = value.strip() if isinstance(value, str) else None
    if text is None:
        raise ValueError(f"is {kind_of(value)}, not text; {_as_text(value)}")
    if match := FORBIDDEN.search(value):
        raise ValueError(f"holds the control character U+{ord(match[0]):04X}; delete it")
    if not text:
        raise ValueError("is empty; write a text, or delete the line")
    return text


def _as_text(value: Any) -> str:
    """Return how to write as a text what was read as something else.

    YAML takes `- Remember: water early` for a table.
    """
    if isinstance(value, dict) and len(value) == 1:
        (key,) = value
        return f"a text with a colon in it needs quotes around it, like {shown(f'{key}: …')}"
    return "write one text" if isinstance(value, (list, dict)) else 'put it in quotes: "…"'


def line(value: Any) -> str:
    """Return a text of one line and at most LONGEST_LINE characters."""
    text = prose(value)
    if "\n" in text:
        raise ValueError("has several lines; write it in one")
    if len(text) > LONGEST_LINE:
        raise ValueError(f"has {len(text)} characters; shorten it to {LONGEST_LINE}")
    return text


def description(value: Any) -> str:
    """Return a text of at most DESCRIPTION_BYTES in UTF-8."""
    text = prose(value)
    size = len(text.encode())
    if size > DESCRIPTION_BYTES:
        raise ValueError(f"has {size:,} bytes; shorten it to {DESCRIPTION_BYTES:,}")
    return text


def is_slug(text: str) -> bool:
    """Return whether a text is a slug as it stands."""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None


def slugify(title: str) -> str:
    """Return the slug of a title in ASCII, cut at a word; "" where the title has no Latin letter or digit."""
    letters = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    # Marks and apostrophes belong to their word; all else parts words.
    joined = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’")
    slug = re.sub(r"[^a-z0-9]+", "-", joined).strip("-")
    if len(slug) <= LONGEST_SLUG:
        return slug
    whole_words = slug[: LONGEST_SLUG + 1].rpartition("-")[0]
    return whole_words or slug[:LONGEST_SLUG]


def spelled_slug(title: str) -> str:
    """Return the slug of a title in any script, with what has no Latin letters spelled in them; "" for signs alone."""
    # Only what starts a show or an episode needs it, and its tables take 10 ms.
    from anyascii import anyascii

    spelled = []
    for letter in unicodedata.normalize("NFC", title):
        if slugify(letter) or unicodedata.category(letter)[0] not in "LMN":
            spelled.append(letter)
        else:
            # A sign of a script without cases is a syllable or a word, and begins with a capital then.
            latin = anyascii(letter)
            spelled.append(f" {latin}" if latin[:1].isupper() and letter.lower() == letter else latin)
    return slugify("".join(spelled))


def slug(value: Any) -> str:
    """Return a slug."""
    text = line(value)
    if not is_slug(text):
        raise ValueError(f"{shown(text)} is not a valid name; {RULE}")
    return text


def truth(value: Any) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ValueError(f"{shown(value)} is neither true nor false; write one of them, without quotes")
    return bool(value == "true")


def whole(value: Any) -> int:
    """Return a whole number from 1 to 999,999,999."""
    text = plain(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
        raise ValueError(f"{shown(value)} is not a whole number above 0; write one like 12")
    return int(text)


def count(value: Any) -> int:
    """Return a whole number from 0 to 1,000."""
    text = plain(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > 1_000:
        raise ValueError(f"{shown(value)} is not a whole number from 0 to 1000; write one like 10")
    return int(text)


def year(value: Any) -> int:
    """Return a year with four digits."""
    if not re.fullmatch(r"[12][0-9]{3}", plain(value)) or isinstance(value, bool):
        raise ValueError(f"{shown(value)} is not a year; write one like 2026")
    return int(value)


def amount(value: Any) -> Decimal:
    """Return a decimal number above 0, exactly as written."""
    text = plain(value) if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or not Decimal(text):
        raise ValueError(f"{shown(value)} is not an amount; write one like 0.25")
    return Decimal(text)


def url(value: Any) -> str:
    """Return an absolute http or https URL in ASCII, without a user name or password."""
    text = line(value)
    _refuse_credentials(text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{_address(text)} is not a URL; write one like https://example.org/page") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{_address(text)} is not a web address; write one like https://example.org/page")
    refuse_host(text)
    if match := re.search(r'[\s<>"\\^`{|}]', text):
        raise ValueError(f"{_address(text)} holds {match[0]!r}; write it as {quote(match[0])}")
    if not text.isascii():
        raise ValueError(f"{_address(text)} holds {_not_ascii(text)!r}; write the address percent-encoded, in ASCII")
    return text


#: Letters that the older and the newer rules of IDN write in two ways (https://www.unicode.org/reports/tr46/#Deviations).
_DEVIATIONS = frozenset("ßς\u200c\u200d")


def _address(text: str) -> str:
    """Return an address as a message quotes it: without its query, also where it lacks what an address begins with."""
    bare = re.split("[?#]", text, maxsplit=1)[0]
    return shown(text if bare == text else f"{bare}?…")


def refuse_host(text: str) -> None:
    """Raise ValueError where the host of an address is not in ASCII as DNS has it.

    A host is not percent-encoded but in punycode (https://www.rfc-editor.org/rfc/rfc5890#section-2.3.2.1): clients send
    `m%C3%BCller.example` to DNS as it is.
    """
    try:
        host = urlsplit(text).hostname or ""
    except ValueError as error:
        raise ValueError(f"{_address(text)} is not a URL; write one like https://example.org/page") from error
    if "%" not in host and host.isascii():
        return
    what = "percent-encodes its host, which no server has" if "%" in host else "has a host that is not in ASCII"
    ascii_host = _punycode(unquote(host))
    advice = f"write it as {ascii_host}" if ascii_host else "write it in punycode, xn--…"
    raise ValueError(f"{_address(text)} {what}; {advice}")


def _punycode(host: str) -> str | None:
    """Return a host in ASCII; None where the rules of IDN differ about it, or do not allow it."""
    try:
        found = host.encode("idna").decode()
    except UnicodeError:
        return None
    return None if _DEVIATIONS & set(host) or not re.fullmatch(r"[a-z0-9.-]+", found) else found


def bare_url(value: Any) -> str:
    """Return a URL without a query or fragment, in which people put what is secret."""
    text = url(value)
    if "?" in text or "#" in text:
        raise ValueError(f"{_address(text)} has a query or fragment; end it with the path")
    return text


def base_url(value: Any) -> str:
    """Return a URL that object names are appended to: bare, ends with "/"."""
    text = bare_url(value)
    return text if text.endswith("/") else f"{text}/"


def _refuse_credentials(text: str) -> None:
    if has_credentials(text):
        raise ValueError("holds a user name or password; take it out of the address")


def _not_ascii(text: str) -> str:
    return next(c for c in text if not c.isascii())


_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]+"
)


def email(value: Any) -> str:
    """Return an e-mail address (https://html.spec.whatwg.org/#valid-e-mail-address, with a dot in the domain)."""
    text = line(value)
    if not _EMAIL.fullmatch(text):
        local, _, domain = text.rpartition("@")
        if local.isascii() and not domain.isascii() and (host := _punycode(domain)):
            raise ValueError(f"{shown(text)} has a domain that is not in ASCII; write it as {local}@{host}")
        raise ValueError(f"{shown(text)} is not an e-mail address; write one like podcast@example.org")
    return text


_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)


def language(value: Any) -> str:
    """Return a language tag (BCP 47, https://www.rfc-editor.org/rfc/rfc5646#section-2.1; no extensions)."""
    text = line(value)
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a language tag; write one like en or en-US")
    return text


def guid(value: Any) -> str:
    """Return an episode's guid: one line of at most LONGEST_GUID characters.

    Any may stand in it, as other systems made them: `123 at https://example.org`. A guid is for ever.
    """
    text = prose(value)
    if "\n" in text or len(text) > LONGEST_GUID:
        raise ValueError(f"is no line of at most {LONGEST_GUID:,} characters; `podwright new` mints a guid")
    return text


#: Elements of RSS itself that a feed of ours does not write, or only once.
_FREE = frozenset(("category", "cloud", "comments", "rating", "skipDays", "skipHours", "source", "ttl", "webMaster"))


def element(value: Any) -> str:
    """Return an XML element with all its namespaces declared (https://www.w3.org/TR/xml-names/), as it is written."""
    text = prose(value)
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: names.append(name)
    parser.StartDoctypeDeclHandler = lambda *_: names.insert(0, "")
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat's own
    except expat.ExpatError as error:
        raise ValueError(f"is no XML element ({error}); declare its namespace in it and close it") from error
    if " " not in names[0] and names[0] not in _FREE:
        raise ValueError(f"{shown(names[0])} is of no namespace of its own; write the field that says it")
    return text


def feed_guid(value: Any) -> str:
    """Return a podcast:guid: a UUID (podcast-namespace, docs/tags/guid.md)."""
    text = line(value)
    if not re.fullmatch(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text):
        raise ValueError(f"{shown(text)} is not a UUID; copy the podcast:guid of the old feed, or delete the line")
    return text.lower()


def doi(value: Any) -> str:
    """Return a DOI without `doi:` or resolver (https://www.doi.org/the-identifier/resources/handbook)."""
    text = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", line(value), flags=re.IGNORECASE)
    if not re.fullmatch(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+", text) or not text.isprintable():
        raise ValueError(f"{shown(value)} is not a DOI; write one like 10.1000/182")
    return text


def pmid(value: Any) -> str:
    """Return a PubMed identifier: digits."""
    text = plain(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    text = text.strip().upper().removeprefix("PMID:").strip()
    if not re.fullmatch(r"[0-9]{1,8}", text):
        raise ValueError(f"{shown(value)} is not a PMID; write its digits, like 12345678")
    return text


#: What people write between a category and its sub-category; Apple's own names have none of these.
_BELOW = re.compile(r"\s*(?:->|[>›»→/:])\s*")


def category(value: Any) -> Category:
    """Return `Category` or `Category > Sub` of Apple's list, exact case."""
    text = html.unescape(line(value))
    name, *rest = _BELOW.split(text, maxsplit=1)
    sub = rest[0] if rest else ""
    if name not in CATEGORIES:
        raise ValueError(f"{shown(name)} is not an Apple category; {_as_category(name, sub)}")
    if rest and sub not in CATEGORIES[name]:
        known = ", ".join(CATEGORIES[name])
        advice = nearest(sub, CATEGORIES[name]) or _below(sub)
        advice = advice or (f"write one of {known}" if known else f"write {name!r} alone")
        raise ValueError(f"{shown(sub)} is not a sub-category of {name}; {advice}")
    return Category(name=name, sub=sub or None)


def _as_category(name: str, sub: str) -> str:
    """Return what to write in place of a category that there is not, by its place in Apple's tree."""
    return _below(sub or name) or nearest(name, CATEGORIES) or f"write one of {', '.join(CATEGORIES)}"


def _below(sub: str) -> str:
    """Return the categories that have a sub-category of a name, or of one that is near; "" where none has."""
    subs = sorted({one for known in CATEGORIES.values() for one in known})
    near = [one for one in subs if one.lower() == sub.lower()] or difflib.get_close_matches(sub, subs, n=1, cutoff=0.8)
    places = [f"{name} > {near[0]}" for name, known in CATEGORIES.items() if near and near[0] in known]
    return f"write {' or '.join(map(repr, places))}" if places else ""


def one_of(*known: str) -> Callable[[Any], str]:
    """Return a parser of one of a few words, in lower case."""

    def parse(value: Any) -> str:
        word = line(value).lower()
        if word not in known:
            advice = nearest(word, known) or f"write one of {', '.join(known)}"
            raise ValueError(f"{shown(value)} is not a known value; {advice}")
        return word

    return parse
