"""Findings before a publish (check) and after it (doctor, verify, leaks).

Nothing here mends anything but what a person asked to have mended.
"""
