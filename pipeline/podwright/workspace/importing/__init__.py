"""Shows of other hosts as workspaces: one reader a kind of source, one model, and the writing of files.

Nothing that a person edited is written again, and nothing is published here; what a feed would then say beside the old
one is for `inspection.beside` to tell.
"""

from podwright.workspace.importing.fetching import Fetched, Fetcher
from podwright.workspace.importing.files import Files, open_files
from podwright.workspace.importing.fitting import fitted
from podwright.workspace.importing.notes import notes_body
from podwright.workspace.importing.readers.rss import read as read_feed
from podwright.workspace.importing.run import Imported, Request, import_show, look_through, placed
from podwright.workspace.importing.source import Source
from podwright.workspace.importing.survey import Survey
from podwright.workspace.importing.types import FoundEpisode, Slot

__all__ = [
    "Fetched",
    "Fetcher",
    "Files",
    "FoundEpisode",
    "Imported",
    "Request",
    "Slot",
    "Source",
    "Survey",
    "fitted",
    "import_show",
    "look_through",
    "notes_body",
    "open_files",
    "placed",
    "read_feed",
]
