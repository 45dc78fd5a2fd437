"""The podcast taxonomy: the roles that people can have, by group.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/taxonomy.json, in lower case, as it is compared without
case (docs/tags/person.md); "translater" there is spelt "translator" here, as on https://podcasttaxonomy.com.
"""

from __future__ import annotations

from types import MappingProxyType

_LIST = {
    "creative direction": "director, assistant director, executive producer, senior producer, producer, "
    "associate producer, development producer, creative director",
    "cast": "host, co-host, guest host, guest, voice actor, narrator, announcer, reporter",
    "writing": "author, editorial director, co-writer, writer, songwriter, guest writer, story editor, "
    "managing editor, script editor, script coordinator, researcher, editor, fact checker, translator, transcriber, "
    "logger",
    "audio production": "studio coordinator, technical director, technical manager, audio engineer, "
    "remote recording engineer, post production engineer",
    "audio post-production": "audio editor, sound designer, foley artist, composer, theme music, music production, "
    "music contributor",
    "administration": "production coordinator, booking coordinator, production assistant, content manager, "
    "marketing manager, sales representative, sales manager",
    "visuals": "graphic designer, cover art designer",
    "community": "social media manager",
    "misc.": "consultant, intern",
    "video production": "camera operator, lighting designer, camera grip, assistant camera",
    "video post-production": "editor, assistant editor",
}

#: Roles by group.
TAXONOMY = MappingProxyType({group: tuple(roles.split(", ")) for group, roles in _LIST.items()})

#: All roles.
ROLES = tuple(dict.fromkeys(role for roles in TAXONOMY.values() for role in roles))


def group_of(role: str) -> str:
    """The group of a role; of "editor", which two groups have, the first."""
    return next(group for group, roles in TAXONOMY.items() if role in roles)
