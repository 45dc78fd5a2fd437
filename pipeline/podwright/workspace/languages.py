"""Languages in names of files, as people write them there."""

from __future__ import annotations

import re

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
