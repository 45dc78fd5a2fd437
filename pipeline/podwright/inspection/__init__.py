"""What is wrong or worth knowing, before a publish (check) and after it (doctor, verify, leaks)."""
