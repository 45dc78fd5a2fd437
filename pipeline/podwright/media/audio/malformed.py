"""What mutagen raises at a malformed file: its own errors, and those of the primitives it reads with."""

from __future__ import annotations

import struct

from mutagen import MutagenError

MALFORMED = (MutagenError, ArithmeticError, LookupError, RecursionError, ValueError, struct.error)
