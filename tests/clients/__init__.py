"""Real podcast clients, parsers and browsers that tests run, from npm and Debian."""

from pathlib import Path

HERE = Path(__file__).parent
#: Where Debian keeps the sources of Go libraries.
GOPATH = Path("/usr/share/gocode")
