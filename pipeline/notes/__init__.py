"""Show notes: what an episode says of itself in an app, and key points drafted where none were written."""

from pipeline.notes.draft import draft_key_points
from pipeline.notes.markup import bare_text, page_html
from pipeline.notes.references import format_reference, reference_links
from pipeline.notes.render import build_notes, build_teaser_notes
from pipeline.notes.types import ContentsEntry, Notes, NotesInput

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
