"""Findings before a publish (check) and after it (doctor, verify, leaks)."""
