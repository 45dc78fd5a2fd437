"""Reports of what was found and done, as lines for people and values for machines, a module for each kind.

Nothing here prints or decides; `cli` prints.
"""
