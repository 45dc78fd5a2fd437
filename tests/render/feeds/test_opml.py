"""OPML: the subscription list of a workspace."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from podwright.render.feeds import Outline, render_opml

_text = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1)
_outline = st.builds(
    Outline, title=_text, feed_url=_text, link=_text, description=_text, language=st.sampled_from(["en", "ar"])
)


@given(_text, st.lists(_outline, max_size=3))
def test_any_feeds_read_back_from_the_list_in_their_order(title: str, outlines: list[Outline]) -> None:
    data = render_opml(title, outlines)
    assert data == render_opml(title, outlines)
    root = ET.fromstring(data)
    assert (root.tag, root.attrib, root.findtext("head/title")) == ("opml", {"version": "2.0"}, title)
    assert [element.attrib for element in root.findall("body/outline")] == [
        {
            "type": "rss",
            "version": "RSS2",
            "text": one.title,
            "title": one.title,
            "xmlUrl": one.feed_url,
            "htmlUrl": one.link,
            "description": one.description,
            "language": one.language,
        }
        for one in outlines
    ]
