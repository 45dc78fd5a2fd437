"""Artwork checked against what directories accept: a square JPEG or PNG of 1400 to 3000 pixels, in RGB.

https://podcasters.apple.com/support/896-artwork-requirements
"""

from __future__ import annotations

import warnings
from pathlib import Path

from pipeline.errors import FormatError

SMALLEST, LARGEST = 1400, 3000
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def load_image_warning(path: Path) -> str | None:
    """Read an image whole; what directories would rather not see in it, or None.

    Raises FormatError where it is not acceptable artwork. The size is checked before any pixel is decoded.
    """
    from PIL import Image

    if path.suffix.lower() not in _FORMATS:
        raise FormatError(f"{path.name!r} is not named .jpg or .png; convert it to one of these")
    try:
        if not path.is_file():
            raise FormatError("is not there; add the file, or correct its name")
        with warnings.catch_warnings():
            # Pillow warns of large pictures when it reads their size; here that is an error with a message of its own.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG", "PNG")) as image:
                _check_shape(image.width, image.height)
                _check_format(path, image.format)
                # A JPEG decodes faster at an eighth of its size, and is read to its end all the same.
                image.draft(None, (SMALLEST // 8, SMALLEST // 8))
                image.load()
                mode, alpha = image.mode, image.has_transparency_data
    except Image.DecompressionBombError as error:
        raise FormatError(f"is larger than {LARGEST} pixels; save it at {LARGEST} x {LARGEST}") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FormatError("is not a whole JPEG or PNG; save it again") from error
    if mode in ("CMYK", "YCCK", "LAB") or mode.startswith(("I", "F")):
        raise FormatError(f"has the colours {mode}; save it as RGB with 8 bits")
    if alpha or mode != "RGB":
        return "is not plain RGB, which some directories refuse; save it as RGB without transparency"
    return None


def _check_shape(width: int, height: int) -> None:
    if width != height:
        raise FormatError(f"is {width} x {height} pixels; crop it to a square")
    if not SMALLEST <= width <= LARGEST:
        raise FormatError(f"is {width} pixels wide; save it at {SMALLEST} to {LARGEST}")


def _check_format(path: Path, found: str | None) -> None:
    if found != _FORMATS[path.suffix.lower()]:
        raise FormatError(f"is a {found} named {path.suffix}; rename it after its content")
