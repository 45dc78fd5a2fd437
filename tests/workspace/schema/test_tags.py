"""Tables of the podcast namespace: what contradicts the namespace's documents is refused at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.conftest import reported, with_field

Write = Callable[[str, str], None]

LIVE = '[[live]]\nguid = "l"\ntitle = "L"\n'
VALUE = "value:\n  - type: lightning\n    method: keysend\n    recipients: [{type: node, address: a, split: 1}]\n"
PAGE = 'content_links = [{title = "Page", url = "https://example.org/"}]'


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("license: my-licence", "5: license.url: is missing, and 'my-licence' is no licence that everybody knows; *"),
        (
            'soundbites: [{start: "00:01", duration: "00:00"}]',
            "5: soundbites.0.duration: is 0; write how long it lasts",
        ),
        ("soundbites: [{start: 00:01}]", "5: soundbites.0.duration: is missing; add it"),
        (
            "value: [{type: lightning, method: keysend, recipients: []}]",
            "5: value.0.recipients: gives nobody a share; add one with a split above 0",
        ),
        (
            "value: [{type: lightning, method: keysend, recipients: [{type: node, address: a, split: 0}]}]",
            "5: value.0.recipients: gives nobody a share; add one with a split above 0",
        ),
        (
            VALUE + '    splits: [{start: "00:01", duration: "00:01"}]',
            "9: value.0.splits.0: needs either recipients or a remote_item; write one of the two",
        ),
        ("images: [{alt: a}]", "5: images.0: needs either a file or a url; write one of the two"),
        (
            'images: [{file: a.png, url: "https://example.org/a.png"}]',
            "5: images.0: needs either a file or a url; write one of the two",
        ),
        (
            'social_interact: [{protocol: disabled, account_id: "@a"}]',
            "5: social_interact.0.protocol: is disabled and stands alone; delete the other keys",
        ),
        ("social_interact: [{protocol: activitypub}]", "5: social_interact.0.uri: is missing; add it"),
        ("alternates: [{type: audio/opus, sources: []}]", "5: alternates.0.sources: names no source; add an address"),
        (
            f"alternates: [{{type: audio/opus, sources: ['ipfs://a'], sri: sha256-{'A' * 43}=, pgp_signature: x}}]",
            "5: alternates.0.pgp_signature: stands beside sri; keep one of the two",
        ),
        (
            'txt: [{text: "mostly", purpose: ai-content}]',
            "5: txt.0.text: 'mostly' says neither true nor false of AI-made content; write one of them",
        ),
        (
            'txt: [{text: "2026-03-02 14:00", purpose: release}]',
            "5: txt.0.text: '2026-03-02 14:00' is not a time with its zone; write one like 2026-03-02T14:00:00Z",
        ),
        (
            'ai_content: true\ntxt: [{text: "true", purpose: ai-content}]',
            "6: txt.0: stands beside ai_content; keep one of the two",
        ),
        ("ai_content: perhaps", "5: ai_content: 'perhaps' is neither true nor false; *"),
        (
            'chapters: [{start: "00:00", title: A, location: {name: B}}]',
            "5: chapters.0.location.geo: is missing; add it",
        ),
        (
            "waypoints: true",
            "5: waypoints: joins fewer than two places; give chapters a location, or leave it out",
        ),
        ("chat: {server: irc.example.org}", "5: chat.protocol: is missing; add it"),
        (
            "locations: [{name: A, rel: about}]",
            "5: locations.0.rel: 'about' is not a known value; write one of subject, *",
        ),
        ("locations: [{name: A, contry: us}]", "5: locations.0: unknown key 'contry'; did you mean 'country'?"),
        ("funding: [{title: Join}]", "5: funding.0.url: is missing; add it"),
        (f"display: {'x' * 33}", "5: display: has 33 characters; shorten it to 32"),
    ],
)
def test_a_wrong_tag_of_an_episode_is_told_with_its_line(root: Path, write: Write, field: str, problem: str) -> None:
    write("episodes/first/episode.md", with_field(field))
    (found,) = reported(root)
    begin, star, _ = problem.partition("*")
    expected = f"episodes/first/episode.md:{begin}"
    assert found.startswith(expected) if star else found == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('podroll = ["not a guid"]', "feeds/main.toml:1: podroll.0.feed_guid: 'not a guid' is not a UUID; *"),
        (
            'update_frequency = {text = "Ten", rule = "FREQ=DAILY;COUNT=10"}',
            "feeds/main.toml:1: update_frequency.start: is missing, and a rule with COUNT needs it; add the first day",
        ),
        ('medium = "Radio"', "feeds/main.toml:1: medium: 'Radio' is not a medium; *"),
        (
            f'{LIVE}status = "live"\nstart = 2026-04-01',
            "feeds/main.toml:1: live.0.content_links: is empty; add a page *",
        ),
        (
            f"{LIVE}start = 2026-04-01\n{PAGE}",
            "feeds/main.toml:1: live.0.end: is missing, and the clock ends it then; *",
        ),
        (
            f'{LIVE}status = "live"\nstart = 2026-04-01\nimages = [{{file = "a.png"}}]\n{PAGE}',
            "feeds/main.toml:6: live.0.images.0.file: is not published with a live item; write a url",
        ),
        (
            f'{LIVE}status = "on"\nstart = 2026-04-01',
            "feeds/main.toml:4: live.0.status: 'on' is not a known value; *",
        ),
        (
            f'{LIVE}status = "live"\nstart = 2026-04-01T10:00:00Z\nend = 2026-04-01T09:00:00Z\n{PAGE}',
            "feeds/main.toml:6: live.0.end: is not after start; correct one of the two",
        ),
        ("limit = 0", "feeds/main.toml:1: limit: '0' is not a whole number above 0; write one like 12"),
        ('hub = "hub"', "feeds/main.toml:1: hub: 'hub' is not a web address; *"),
        ('countries = ["USA"]', "feeds/main.toml:1: countries.0: 'USA' is not a country code; write one like US"),
    ],
)
def test_a_wrong_tag_of_a_feed_is_told_with_its_line(root: Path, write: Write, text: str, problem: str) -> None:
    write("feeds/main.toml", text + "\n")
    found = [line for line in reported(root) if line.startswith("feeds/")]
    begin, star, _ = problem.partition("*")
    assert len(found) == 1
    assert found[0].startswith(begin) if star else found[0] == begin
