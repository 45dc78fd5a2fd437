"""What messages show of the words of others."""

from __future__ import annotations

import pytest

from podwright.core.showing import LONGEST, shortened, shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://example.org/a?token=s", "https://example.org/a?…"),
        ("https://example.org/a#s", "https://example.org/a?…"),
        ("https://example.org/?s", "https://example.org/?…"),
        (
            "see https://example.org/a?b and https://example.org/c?d",
            "see https://example.org/a?… and https://example.org/c?…",
        ),
        ("example.org/a?token=s", "example.org/a?…"),
        ("https://user:s@example.org/", "…"),
        ("user:s@example.org", "…"),
        ("Who asks? All do", "Who asks? All do"),
        ("#1: What a=b means", "#1: What a=b means"),
        ("a@example.org", "a@example.org"),
        ("x" * 61, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_a_text_is_shortened_and_loses_what_may_be_secret(text: str, told: str) -> None:
    assert shortened(text) == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://user:s@example.org:8443/a?s#s", "https://example.org:8443/a"),
        ("https://[s", "what is no address"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, told: str) -> None:
    assert shown(url) == told
