"""Making the store equal to the workspace, and back: plan, publish, history, rollback, prune.

Only `apply` writes what listeners read.
"""
