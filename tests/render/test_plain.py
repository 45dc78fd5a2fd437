"""Plain text where some readers expect HTML: both show the words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.render.plain import shown_by_all


class Shown(HTMLParser):
    """What a reader of HTML shows of a text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def as_html(text: str) -> str:
    reader = Shown()
    reader.feed(text)
    reader.close()
    return reader.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Statins <after> 75", "Statins ‹after› 75"),
        ("List<String>, <!-- no -->, </end>, <?php", "List‹String›, ‹!-- no --›, ‹/end›, ‹?php"),
        ("never <closed, at all", "never ‹closed, at all"),
        ("HDL < 40 mg/dL & age > 75, <5 % risk", "HDL ‹ 40 mg/dL & age › 75, <5 % risk"),
        ("1 > 0, <5 % risk", "1 > 0, <5 % risk"),
        ("<b>bold</b>", "‹b›bold‹/b›"),
    ],
)
def test_what_html_would_take_for_a_tag_is_shown_by_all(text: str, shown: str) -> None:
    assert shown_by_all(text) == shown
    assert as_html(shown).split() == shown.split()


def test_html_that_may_be_meant_stays_and_what_is_no_html_does_not() -> None:
    text = "<p>Two <em>beds</em> <before> & <after></p>"
    assert shown_by_all(text, html=True) == "<p>Two <em>beds</em> ‹before› & ‹after›</p>"


@given(st.text(st.sampled_from("ab <>/!?-'\"&;‹")), st.booleans())
def test_no_letter_is_lost_to_a_reader_of_html(text: str, html: bool) -> None:
    shown = shown_by_all(text, html=html)
    assert shown.replace("‹", "<").replace("›", ">") == text.replace("‹", "<")
    assert shown_by_all(shown, html=html) == shown
    if not html:
        assert re.sub(r"<[^>]*>", "", shown) == shown
    if not re.search(r"</?[ab]\b", shown) and "&" not in shown:
        assert as_html(shown) == shown
