"""Breaking text into lines."""

from __future__ import annotations


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most width characters, broken at spaces; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.extend(word[at : at + width] for at in range(0, len(word), width))
    return lines
