"""Closed lists of words that others keep: Apple's categories and the roles of the podcast taxonomy."""

from __future__ import annotations

from types import MappingProxyType

#: https://podcasters.apple.com/support/1691-apple-podcasts-categories
_CATEGORIES = {
    "Arts": "Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts",
    "Business": "Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit",
    "Comedy": "Comedy Interviews, Improv, Stand-Up",
    "Education": "Courses, How To, Language Learning, Self-Improvement",
    "Fiction": "Comedy Fiction, Drama, Science Fiction",
    "Government": "",
    "Health & Fitness": "Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality",
    "History": "",
    "Kids & Family": "Education for Kids, Parenting, Pets & Animals, Stories for Kids",
    "Leisure": "Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games",
    "Music": "Music Commentary, Music History, Music Interviews",
    "News": "Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News",
    "Religion & Spirituality": "Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality",
    "Science": "Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, Physics, "
    "Social Sciences",
    "Society & Culture": "Documentary, Personal Journals, Philosophy, Places & Travel, Relationships",
    "Sports": "Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, Soccer, "
    "Swimming, Tennis, Volleyball, Wilderness, Wrestling",
    "TV & Film": "After Shows, Film History, Film Interviews, Film Reviews, TV Reviews",
    "Technology": "",
    "True Crime": "",
}

#: Sub-categories by category, exact case.
CATEGORIES = MappingProxyType({name: tuple(filter(None, subs.split(", "))) for name, subs in _CATEGORIES.items()})

#: https://github.com/Podcastindex-org/podcast-namespace/blob/main/taxonomy.json, in lower case, as it is compared
#: without case (docs/tags/person.md); "translater" there is "translator" here, as on https://podcasttaxonomy.com.
_ROLES = {
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
TAXONOMY = MappingProxyType({group: tuple(roles.split(", ")) for group, roles in _ROLES.items()})

#: All roles.
ROLES = tuple(dict.fromkeys(role for roles in TAXONOMY.values() for role in roles))


def group_of(role: str) -> str:
    """Return the group of a role; of "editor", which two groups have, the first."""
    return next(group for group, roles in TAXONOMY.items() if role in roles)
