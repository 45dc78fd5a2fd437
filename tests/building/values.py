"""Shows, feeds and outlines that are valid and say no more than a test needs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from podwright.core.model import AudioSettings, Feed, Outline, Selection, Show, Storage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def outline(guid: str = "one", **fields: Any) -> Outline:
    return Outline(
        **{"slug": guid, "folder": f"episodes/{guid}", "guid": guid, "title": guid, "published": NOW} | fields
    )


def feed(*tiers: str, **fields: Any) -> Feed:
    selected = {name: fields.pop(name) for name in ("sections", "seasons", "tags", "until") if name in fields}
    return Feed(
        **{
            "name": "main",
            "title": "Show",
            "description": "About",
            "link": "https://example.org/",
            "language": "en",
            "author": "A. Author",
            "owner": None,
            "categories": (),
            "explicit": False,
            "image": Path("/show.png"),
            "select": Selection(tiers=tiers or ("free",), **selected),
        }
        | fields
    )


def show(**fields: Any) -> Show:
    """Tiers "free" and "sample" are public, "gold" and "silver" are members'."""
    return Show(
        **{
            "root": Path("/show"),
            "title": "Show",
            "description": "About",
            "link": "https://example.org/",
            "language": "en",
            "author": "A. Author",
            "timezone": "UTC",
            "storage": Storage(url="s3://bucket", public_url="https://cdn.example.org/pod/"),
            "audio": AudioSettings(),
            "image": None,
            "copyright": None,
            "explicit": False,
            "public": ("free", "sample"),
            "members": ("gold", "silver"),
            "sections": (),
            "seasons": (),
            "feeds": (),
        }
        | fields
    )
