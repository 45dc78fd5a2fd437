"""Recordings, transcripts, chapters and pictures: read, judged and written in the formats of the field.

No module here knows which episode a file belongs to, or where it is published.
"""
