"""The books of a store: its manifest, its generations, the lease, and what a stopped run left.

Deliberately absent: deciding what to write, which is `publishing`'s.
"""
