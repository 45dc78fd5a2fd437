"""The nouns, the names of objects, findings and errors, and HTTP as apps do it.

Nothing here knows of a workspace on disk, a feed's XML or a bucket, and it imports nothing of the other rooms.
"""
