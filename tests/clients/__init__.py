"""Real podcast clients and parsers that tests run, from npm and Debian."""
