"""Show notes: what an episode says of itself in an app, and key points drafted where none were written."""

from podwright.render.notes.draft import draft_key_points
from podwright.render.notes.markup import bare_text, page_html
from podwright.render.notes.references import format_reference, reference_links
from podwright.render.notes.render import build_notes, build_teaser_notes
from podwright.render.notes.types import ContentsEntry, Notes, NotesInput

__all__ = [
    "ContentsEntry",
    "Notes",
    "NotesInput",
    "bare_text",
    "build_notes",
    "build_teaser_notes",
    "draft_key_points",
    "format_reference",
    "page_html",
    "reference_links",
]
