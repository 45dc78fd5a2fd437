"""Runs that nobody watches, and what goes on beside publishing: notices, calendar, schedules, preview."""
