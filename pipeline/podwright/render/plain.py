"""Plain text in a place that some readers take for HTML: the descriptions of feeds.

RSS does not say which of the two a description is
(https://www.rssboard.org/rss-profile#element-channel-item-description). Readers that
expect HTML leave out what looks like a tag; if it were escaped once more, the others would show the escapes. Some
readers leave out everything between angle brackets: of `HDL < 40 & age > 75` they show `HDL 75`.
"""

from __future__ import annotations

import re

#: What HTML takes for the beginning of a tag or a comment, closed or not
#: (https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state).
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
#: What a producer can have meant as HTML.
_HTML = re.compile(
    r"(</?(?:p|a|b|i|u|em|strong|br|hr|ul|ol|li|div|span|h[1-6]|img|code|pre|blockquote|table|t[dhr])\b[^<>]*>)",
    re.IGNORECASE,
)


def shown_by_all(text: str, *, html: bool = False) -> str:
    """Return a plain text that shows all its words even if it is read as HTML: `‹after›` for `<after>`.

    html: keep tags that are HTML's own, since the producer may have meant them as such.
    """
    parts = _HTML.split(text) if html else [text]
    return "".join(part if index % 2 else _shown(part) for index, part in enumerate(parts))


def _shown(text: str) -> str:
    first, last = text.find("<"), text.rfind(">") + 1
    if -1 < first < last:
        text = text[:first] + text[first:last].replace("<", "‹").replace(">", "›") + text[last:]
    return _OPENING.sub("‹", text)
