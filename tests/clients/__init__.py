"""Real podcast clients, parsers and browsers that tests run, from npm and Debian."""

from pathlib import Path

HERE = Path(__file__).parent
