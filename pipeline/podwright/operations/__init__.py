"""Runs that nobody watches, and what goes on beside publishing: notices, calendar, schedules, preview.

No notice makes a run fail, and nothing here decides what is published.
"""
