"""Built episodes as JSON for the cache; what is read back is what was written, without the bodies of objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from podwright.building.types import BuiltEpisode
from podwright.core.artifact import Artifact
from podwright.core.model import Outline
from podwright.media.audio import AudioFacts

encode_outline = msgspec.json.Encoder().encode
decode_outline = msgspec.json.Decoder(Outline).decode
decode_episode = msgspec.json.Decoder(BuiltEpisode).decode


def encode_episode(episode: BuiltEpisode) -> bytes:
    """Return a built episode as JSON."""
    teaser = episode.teaser and replace(episode.teaser, artifact=_bare(episode.teaser.artifact))
    return msgspec.json.encode(
        replace(
            episode,
            artifacts=tuple(map(_bare, episode.artifacts)),
            pages=tuple(map(_bare, episode.pages)),
            splice=None,
            teaser=teaser,
        )
    )


def artifact_values(artifact: Artifact) -> Any:
    """Return an object as JSON values."""
    return msgspec.to_builtins(_bare(artifact))


def parse_artifact(values: Any) -> Artifact:
    """Return an object from its JSON values."""
    return msgspec.convert(values, Artifact)


def facts_values(facts: AudioFacts, *, decoded: bool) -> Any:
    """Return the facts of a recording as JSON values, with whether it decodes."""
    return {"facts": msgspec.to_builtins(facts), "decoded": decoded}


def parse_facts(values: Any) -> tuple[AudioFacts, bool]:
    """Return the facts of a recording from their JSON values."""
    return msgspec.convert(values["facts"], AudioFacts), values["decoded"]


def _bare(artifact: Artifact) -> Artifact:
    return artifact if artifact.body is None else replace(artifact, body=None)
