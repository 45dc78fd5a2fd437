"""The note in place of a manifest that moved to another place, as long as anything is left to delete beside it."""

#: A manifest of a format that no podwright knows, so that none goes on from it.
MOVED = b'{"format":"moved"}\n'
#: Where a manifest lies in the place that it comes to, until the note is written.
ARRIVING_KEY = "private/podwright/arriving.json"
