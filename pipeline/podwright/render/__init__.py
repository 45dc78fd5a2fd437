"""Notes, feeds and web pages as text and markup, in the words of the show's language.

Nothing here reads a file of the workspace or a store, but for the templates of a theme.
"""
