"""The nouns and the ground that every room stands on; nothing here knows of a workspace, a feed or a bucket."""
