"""The workspace on disk: found, read into the types of `podwright.core.model`, and started for a new show.

Import the submodules: `scan` needs the standard library only, so that a run with nothing to do stays quick.
"""
