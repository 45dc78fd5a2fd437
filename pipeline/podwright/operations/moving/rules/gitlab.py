"""GitLab Pages (https://docs.gitlab.com/user/project/pages/redirects/). Files of the same path go before it."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, render_lines


def render(moves: Sequence[Moved]) -> Rules:
    """Return the file."""
    return render_lines(moves, status="301")
