"""Timings of podwright beside other tools, each pair in one run: `make bench`."""
