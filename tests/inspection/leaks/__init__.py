"""Tests of the search for what is not for everybody."""
