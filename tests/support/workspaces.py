"""Workspaces that Hypothesis makes: every field that a producer may write, with any text in it."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from podwright.core.model import NOTES_PARTS
from podwright.workspace.schema.tag_values import MEDIUMS
from podwright.workspace.vocabularies import CATEGORIES, TAXONOMY
from tests.support.paths import DATA

AUDIO = DATA / "audio" / "cbr-info.mp3"
PICTURE = DATA / "everything" / "artwork" / "show.png"

Table = dict[str, Any]

EAST = dt.timezone(dt.timedelta(hours=2))

# Values


def _texts(longest: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Any text that may stand in a file, trimmed; hard ones more often than chance would have them."""
    characters = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029\ufffe\uffff\ufeff")
    # Of st.text, Hypothesis takes words of podwright's own formats out of its source, such as isAccessibleForFree, and
    # no search tells those from a text of a workspace.
    plain = st.lists(characters, min_size=1, max_size=min(longest, 40)).map("".join)
    hard = st.sampled_from(
        ["]]>", "<b>&amp;</b>", "&lt;", "\"'", "שלום \u200fעולם", "👩‍⚕️ e\u0301", "<!--", "a  b", "x" * longest]
    )
    several = st.just("one\n\ntwo & <three>") if lines else st.nothing()
    return (plain | hard | several).map(lambda text: text[:longest].strip()).filter(bool)


line = _texts(255)
label = _texts(128)
short = _texts(32)
prose = _texts(300, lines=True)
url = st.sampled_from(["https://example.org/", "https://example.org/a?b=c&d=%C3%A9#e", "http://[::1]:8000/x;y=1"])
uuid = st.uuids().map(str)
guid = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20) | st.uuids().map("{} at a.example".format)
language = st.sampled_from(["en", "en-US", "zh-Hant-TW", "ar", "de-CH-1901"])
word = st.sampled_from(["lightning", "keysend", "activitypub", "google", "node"])
offset = st.integers(0, 3_599_999).map(lambda ms: f"{ms // 60000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}")
length = st.integers(1, 3_599_999).map(lambda ms: f"{ms // 60000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}")
moment = st.integers(0, 210_000_000).map(
    lambda s: (dt.datetime(2020, 1, 1, tzinfo=EAST) + dt.timedelta(seconds=s)).isoformat()
)


def table(required: Table, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Table]:
    """A table with all that is required and some of the rest."""
    return st.fixed_dictionaries(required, optional=optional)


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """None to two of something."""
    return st.lists(of, max_size=2)


role = st.sampled_from([(group, one) for group, roles in TAXONOMY.items() for one in roles])
person = st.builds(
    lambda base, of: base | {"group": of[0], "role": of[1]},
    table({"name": line}, credentials=line, position=line, affiliation=line, url=url, image=url),
    role,
)
link = table({"title": line, "url": url})
location = table(
    {"name": label},
    rel=st.sampled_from(["subject", "creator"]),
    geo=st.just("42.36,-71.06"),
    osm=st.just("R113314"),
    country=st.just("US"),
)
#: By itself, or with title and authors beside it.
reference = table({"citation": prose}, authors=some(line), title=prose) | table(
    {"title": prose}, authors=some(line), abstract=prose | st.dictionaries(line, prose, max_size=2)
)
credit = table({"kind": line}, amount=st.just(Decimal("0.25")), provider=line, url=url)
contact = prose | table({"text": prose}, name=line, email=st.just("office@example.org"), url=url)
license_ = st.just({"identifier": "cc-by-4.0"}) | table({"identifier": label, "url": url})
#: Times within the audio, which lasts five seconds.
early = st.integers(0, 2000).map(lambda ms: f"00:{ms // 1000:02}.{ms % 1000:03}")
brief = st.integers(1, 2000).map(lambda ms: f"00:{ms // 1000:02}.{ms % 1000:03}")
picture = st.sampled_from(["https://example.org/a.jpg", "https://example.org/b.PNG"])
soundbite = table({"start": early, "duration": brief}, title=label)
remote_item = table({"feed_guid": uuid}, feed_url=url, item_guid=guid, medium=st.sampled_from(MEDIUMS), title=line)
recipient = table(
    {"type": word, "address": line, "split": st.integers(1, 100)},
    name=line,
    custom_key=line,
    custom_value=line,
    fee=st.booleans(),
)
split = st.one_of(
    table({"start": offset, "duration": length, "recipients": st.lists(recipient, min_size=1, max_size=2)}),
    table(
        {"start": offset, "duration": length, "remote_item": remote_item},
        remote_start=offset,
        remote_percentage=st.integers(0, 100),
    ),
)
value = table(
    {"type": word, "method": word, "recipients": st.lists(recipient, min_size=1, max_size=2)},
    suggested=st.sampled_from([Decimal("0.00000005"), Decimal("12.5")]),
    splits=some(split),
)
image = table(
    {"url": url, "purpose": st.just("banner social")},
    alt=prose,
    width=st.integers(1, 9999),
    height=st.integers(1, 9999),
    aspect_ratio=st.just("16/9"),
    type=st.just("image/webp"),
)
thread = table(
    {"protocol": word, "uri": st.just("https://social.example.org/@a/1")},
    account_id=line,
    account_url=url,
    priority=st.integers(1, 9),
)
#: No comments at all, or some threads.
social = st.just([{"protocol": "disabled"}]) | some(thread)
txt = table({"text": prose}, purpose=label)
chat = table({"server": st.just("irc.example.org"), "protocol": word}, account_id=line, space=line)
source = table({"uri": st.just("ipfs://QmX33")}, type=st.just("application/x-bittorrent"))
alternate = table(
    {"type": st.just("audio/opus"), "sources": st.lists(source, min_size=1, max_size=2)},
    length=st.integers(1, 10**9),
    bitrate=st.integers(1, 10**6),
    height=st.integers(1, 4320),
    language=language,
    title=short,
    rel=short,
    codecs=line,
    sri=st.just(f"sha384-{'A' * 64}"),
)
update_frequency = table({"text": label}, rule=st.just("FREQ=WEEKLY;BYDAY=MO"), start=moment, complete=st.booleans())
_ITEM = {
    "locations": some(location),
    "license": license_,
    "soundbites": some(soundbite),
    "value": some(value),
    "images": some(image),
    "content_links": some(link),
    "social_interact": social,
    "txt": some(txt),
    "ai_content": st.booleans(),
    "release": moment,
    "chat": chat,
    "funding": some(link),
    "alternates": some(alternate),
}
_LIVE = {
    "description": prose,
    "link": url,
    "stream": table({"url": url, "type": st.just("audio/mpeg")}, length=st.integers(0, 10**9)),
    "image": picture,
    "people": some(person),
    **_ITEM,
}
#: By the clock, from start to end, or as it is said.
live = st.builds(
    lambda base, links: base | {"content_links": links},
    table({"guid": guid, "title": line, "start": moment, "end": st.just("2027-01-01")}, **_LIVE)
    | table(
        {"guid": guid, "title": line, "status": st.sampled_from(["pending", "live", "ended"]), "start": moment},
        end=st.just("2027-01-01"),
        **_LIVE,
    ),
    st.lists(link, min_size=1, max_size=2),
)
_CHANNEL = {
    "medium": st.sampled_from(["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course"]),
    "locations": some(location),
    "license": license_,
    "value": some(value),
    "images": some(image),
    "funding": some(link),
    "social_interact": social,
    "block_on": some(word),
    "allow_on": some(word),
    "txt": some(txt),
    "ai_content": st.booleans(),
    "release": moment,
    "applepodcastsverify": st.just("05124"),
    "remote_items": some(remote_item),
    "podroll": some(remote_item),
    "publisher": remote_item,
    "update_frequency": update_frequency,
    "podping": st.booleans(),
    "chat": chat,
    "live": some(live),
}
category = st.sampled_from([f"{name} > {sub}" for name, subs in CATEGORIES.items() for sub in subs] + list(CATEGORIES))
owner = table({"name": line, "email": st.just("podcast@example.org")})
_SETTINGS = {
    "explicit": st.booleans(),
    "copyright": line,
    "owner": owner,
    "people": some(person),
    "image_alt": prose,
    "countries": some(st.sampled_from(["us", "ca"])),
}
#: When an episode ends: dates that agree with each other, and with what a show says.
ends = st.sampled_from(
    [
        {},
        {"expires": "P1M", "unlist": "never", "withdraw": "never"},
        {"unlist": "1 year"},
        {"unlist": "1 week", "withdraw": "2 years 3 months"},
        {"withdraw": "P1Y", "withdraw_policy": "delete"},
        {"withdraw": "2998-12-31"},
    ]
)
lifetime = st.builds(
    lambda dates, reason: dates | reason,
    st.sampled_from([{}, {"expires": "2 years", "unlist": "9 years", "withdraw": "P10Y"}, {"unlist": "1 year"}]),
    table({}, withdraw_reason=prose, withdraw_policy=st.sampled_from(["deny", "delete"])),
)
parts = st.lists(st.sampled_from(NOTES_PARTS), unique=True)
show = table(
    {
        "title": line,
        "description": prose,
        "link": url,
        "language": language,
        "author": line,
        "categories": st.lists(category, min_size=1, max_size=2, unique=True),
    },
    **_SETTINGS,
    **_CHANNEL,
    enclosure_prefix=st.just("https://op3.dev/e/"),
    lifetime=lifetime,
    notes=table({}, parts=parts, importance=parts, et_al=st.integers(1, 9)),
    early=st.sampled_from([{"gold": "2 weeks"}, {"silver": "P1M", "gold": "1 year"}]),
)
feed = table(
    {},
    categories=st.lists(category, min_size=1, max_size=2, unique=True),
    title=line,
    description=prose,
    link=url,
    language=language,
    author=line,
    **_SETTINGS,
    **_CHANNEL,
    guid=uuid,
    locked=st.booleans(),
    complete=st.booleans(),
    block=st.booleans(),
    new_feed_url=url,
    moved_from=some(url),
    hub=url,
    spotify_limit=st.integers(1, 999),
    limit=st.integers(1, 3),
)
_episode = table(
    {"title": line, "guid": guid, "published": moment},
    number=st.integers(1, 999),
    type=st.sampled_from(["full", "trailer", "bonus"]),
    subtitle=line,
    tags=some(short),
    language=language,
    explicit=st.booleans(),
    authors=some(person),
    people=some(person),
    key_points=some(prose),
    objectives=some(prose),
    objectives_lead=prose,
    references=some(reference),
    credits=some(credit),
    contact=contact,
    disclosures=prose | some(prose),
    participation=prose,
    commercial_support=prose,
    minutes_to_complete=st.integers(1, 999),
    links=some(link),
    link=url,
    image_alt=prose,
    display=short,
    draft=st.booleans(),
    block=st.booleans(),
    withdraw_reason=prose,
    early=st.sampled_from(["never", {"gold": "never"}, {"gold": "1 month 3 days", "silver": "P1W"}]),
    **_ITEM,
)
episode = st.builds(lambda front, dates: front | dates, _episode, ends)


@st.composite
def workspaces(draw: st.DrawFn) -> tuple[Table, Table, list[Table]]:
    """A show, one feed of it and up to three episodes, as they are written."""
    episodes = draw(st.lists(episode, min_size=1, max_size=3, unique_by=lambda one: one["guid"]))
    return draw(show), draw(feed), episodes


# Files


def _quoted(text: str) -> str:
    """A text as TOML and YAML both read it."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", quoted)


def inline(value: Any, sign: str) -> str:
    """A value in one line; sign: what stands between a name and its value."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(inline(one, sign) for one in value)}]"
    if isinstance(value, dict):
        names = {name: name if re.fullmatch("[a-z_0-9]+", name) else _quoted(name) for name in value}
        return f"{{{', '.join(f'{names[name]}{sign} {inline(one, sign)}' for name, one in value.items())}}}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def write_workspace(root: Path, parts: tuple[Table, Table, list[Table]]) -> None:
    """The files of a workspace, with real audio and artwork. It publishes into `public/` at https://cdn.example.org/."""
    settings, feed_table, episodes = parts
    fixed = {
        "image": "show.png",
        "access": {"public": ["free"], "members": ["silver", "gold"], "names": {"silver": "Silver extended"}},
        "education": {"standard": "none"},
        "audio": {"verify": "frames"},
        "storage": {"url": "file:public", "public_url": "https://cdn.example.org/"},
    }
    write_file(root / "podwright.toml", "".join(f"{k} = {inline(v, ' =')}\n" for k, v in (settings | fixed).items()))
    write_file(root / "feeds" / "main.toml", "".join(f"{k} = {inline(v, ' =')}\n" for k, v in feed_table.items()))
    shutil.copyfile(PICTURE, root / "show.png")
    for number, front in enumerate(episodes):
        folder = root / "episodes" / f"episode-{number}"
        lines = "".join(f"{k}: {inline(v, ':')}\n" for k, v in front.items())
        write_file(folder / "episode.md", f"---\n{lines}---\n")
        shutil.copyfile(AUDIO, folder / "audio.mp3")


def write_file(path: Path, content: str) -> None:
    """A text file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
