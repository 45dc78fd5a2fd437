"""A show, its episodes and a clock as the objects that the store shall hold: decide, examine, render, index.

Nothing here writes to a store; the cache and the files for large bodies are all that it leaves.
"""
