"""Notes, feeds and web pages as text and markup; nothing here reads a file of the workspace or a store."""
