"""Who made an episode, as tags, feeds and chapters name them."""

from __future__ import annotations

from podwright.core.model import Episode, Person, Show


def credited_names(episode: Episode) -> tuple[str, ...]:
    """Everybody's name once, though somebody may be author and guest."""
    return tuple(dict.fromkeys(person.name for person in episode.people))


def credited_people(episode: Episode, show: Show) -> tuple[Person, ...]:
    """The episode's people and the show's: an item's persons replace the channel's, so they are restated.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags/person.md
    """
    own = {person.name for person in episode.people}
    return (*episode.people, *(person for person in show.people if person.name not in own))
