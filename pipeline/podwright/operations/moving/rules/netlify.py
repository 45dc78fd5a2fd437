"""Netlify (https://docs.netlify.com/routing/redirects/)."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, render_lines


def render(moves: Sequence[Moved]) -> Rules:
    """Return the file; with `301!` it holds over files of the same path."""
    return render_lines(moves, status="301!")
