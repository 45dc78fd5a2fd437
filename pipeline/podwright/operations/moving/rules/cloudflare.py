"""Cloudflare: Pages, and the list of Bulk Redirects for what else is behind it.

https://developers.cloudflare.com/pages/configuration/redirects/ and
https://developers.cloudflare.com/rules/url-forwarding/bulk-redirects/reference/csv-file-format/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from podwright.operations.moving.types import Moved, Rules, render_lines, split_by

#: Lines that Pages takes without placeholders.
_MOST = 2000


def render(moves: Sequence[Moved]) -> Rules:
    """Return the file of Pages, and the list. What only the list can say is not left."""
    pages = render_lines(moves, status="301", limit=_MOST)
    kept, left = split_by(moves)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerows([f"{move.host}{move.escaped_path}", move.target, "301"] for move in kept)
    return replace(pages, files={**pages.files, "bulk-redirects.csv": text.getvalue()}, left=tuple(left))
