"""The transcripts of an episode by their files' names: the one in its language, and those in others.

`transcript.vtt` is in the episode's language, `transcript.de.vtt` in German (BCP 47). One that is named after the
episode's own language is taken for its transcript where there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from podwright.core.finding import Finding
from podwright.media.transcripts import SUFFIXES
from podwright.workspace import values

#: Languages with two letters (ISO 639-1, https://www.loc.gov/standards/iso639-2/php/code_list.php).
_ISO_639_1 = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja ji jv
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_TWO_LETTERS = frozenset(_ISO_639_1.split())
#: What people put into names of files, though languages that few write have the same three letters.
_NO_LANGUAGES = frozenset(
    (
        "alt",
        "bak",
        "cut",
        "doc",
        "dup",
        "end",
        "fix",
        "min",
        "new",
        "old",
        "out",
        "raw",
        "sub",
        "tmp",
        "two",
        "ver",
        "wip",
    )
)
#: How YouTube marks captions in the language of the recording.
_ORIGINAL = re.compile(r"[-_.]orig$", re.IGNORECASE)


@dataclass(slots=True)
class TranscriptNames:
    """The paths of an episode's transcripts."""

    #: The one in the episode's language.
    own: str | None = None
    #: Those in others: each language with its path, by language.
    others: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)


def choose_transcripts(paths: Iterable[str], *, language: str | None) -> TranscriptNames:
    """Return which of an episode's files are its transcripts. language: that of the episode, None where unknown."""
    plain, tagged, unread = _sorted_out(paths)
    chosen = TranscriptNames(own=plain, problems=unread)
    for tag, several in sorted(tagged.items()):
        first, *rest = sorted(several, key=_rank)
        chosen.problems += [_beside(path, first) for path in rest]
        if language and tag.lower() == language.lower() and chosen.own:
            chosen.problems.append(_beside(first, chosen.own))
        elif language and tag.lower() == language.lower():
            chosen.own = first
        else:
            chosen.others.append((tag, first))
    if chosen.own is None and language:
        primary = language.lower().partition("-")[0]
        near = [pair for pair in chosen.others if pair[0].lower().partition("-")[0] == primary]
        if len(near) == 1:
            chosen.others.remove(near[0])
            chosen.own = near[0][1]
    return chosen


def _sorted_out(paths: Iterable[str]) -> tuple[str | None, dict[str, list[str]], list[Finding]]:
    """Return the path without a language, those with one by it, and what is wrong with the names of the rest."""
    plain: str | None = None
    tagged: dict[str, list[str]] = {}
    doubled: list[str] = []
    unread: list[Finding] = []
    for path in paths:
        _, *middle, ending = path.rpartition("/")[2].split(".")
        hidden = len(middle) == 1 and f".{middle[0].lower()}" in SUFFIXES
        tag = spoken_language(".".join(middle))
        if not middle:
            plain = path
        elif f".{ending.lower()}" not in SUFFIXES:
            unread.append(_unread(path, f"its format is not known; convert it to one of {' '.join(SUFFIXES)}"))
        elif hidden:
            doubled.append(path)
        elif tag:
            tagged.setdefault(tag, []).append(path)
        else:
            what = ascii(".".join(middle))
            advice = f"rename it to transcript.{ending}, or after its language to transcript.de.{ending}"
            unread.append(_unread(path, f"{what} is not a language; {advice}"))
    if plain is None and doubled:
        # Systems hide what they take for the ending: transcript.vtt.txt.
        plain = doubled.pop(0)
    return plain, tagged, [*unread, *(_beside(path, plain or path) for path in doubled)]


def spoken_language(tag: str) -> str | None:
    """Return the language that part of a name says, as BCP 47 has it; None where it says none."""
    text = _ORIGINAL.sub("", tag).replace("_", "-")
    try:
        language: str = values.language(text)
    except ValueError:
        return None
    primary, *rest = language.split("-")
    if len(primary) == 2 and primary.lower() not in _TWO_LETTERS:
        return None
    return "-".join((primary.lower(), *rest)) if primary.lower() not in _NO_LANGUAGES else None


def _rank(path: str) -> tuple[int, str]:
    return SUFFIXES.index(f".{path.rpartition('.')[2].lower()}"), path


def _beside(path: str, other: str) -> Finding:
    return _unread(path, f"{other.rpartition('/')[2]} is the transcript in its language; delete one of the two")


def _unread(path: str, message: str) -> Finding:
    return Finding(path, f"is not read: {message}", level="warning")
