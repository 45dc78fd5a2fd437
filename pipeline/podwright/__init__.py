"""podwright: publish a podcast from files to a store."""

__version__ = "0.1.0"
