"""Shows of other hosts as workspaces: one reader a kind of source, one model, and the writing of files.

Nothing that a person edited is written again, and nothing is published here; what a feed would then say beside the old
one is for `inspection` to tell.
"""

from podwright.workspace.importing.fetching import Fetched, Fetcher
from podwright.workspace.importing.run import Imported, Request, import_show

__all__ = ["Fetched", "Fetcher", "Imported", "Request", "import_show"]
