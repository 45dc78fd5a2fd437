"""Show notes: an episode's text for apps in HTML and plain text, and key points drafted where none were written.

Nothing is read here, and no web page is made.
"""

from podwright.render.notes.draft import draft_key_points
from podwright.render.notes.for_pages import page_html, prose_html
from podwright.render.notes.markup import bare_text, mail_url
from podwright.render.notes.references import format_reference, reference_links
from podwright.render.notes.render import LIMIT, LeftOut, Notes, build_notes, build_teaser_notes
from podwright.render.notes.sections import ContentsEntry, NotesInput, credit_text
from podwright.render.notes.written import Loss, losses

__all__ = [
    "LIMIT",
    "ContentsEntry",
    "LeftOut",
    "Loss",
    "Notes",
    "NotesInput",
    "bare_text",
    "build_notes",
    "build_teaser_notes",
    "credit_text",
    "draft_key_points",
    "format_reference",
    "losses",
    "mail_url",
    "page_html",
    "prose_html",
    "reference_links",
]
