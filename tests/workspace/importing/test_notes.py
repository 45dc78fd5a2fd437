"""Notes become Markdown where that shows the same again, and stay HTML where it would not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.render.notes.for_apps import app_blocks
from podwright.workspace.importing.notes import notes_body, notes_text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One.</p>\n\n<p>Two &amp; <strong>three</strong>.</p>", "One.\n\nTwo & **three**."),
        ('<p>A <a href="https://a.example/?b=1&amp;c=2">link</a></p>', "A [link](<https://a.example/?b=1&c=2>)"),
        ("<p>Before</p><ul><li>One</li><li><em>Two</em></li></ul><p>After</p>", "Before\n\n- One\n- *Two*\n\nAfter"),
        ("<ol><li>One</li><li>Two</li></ol>", "1. One\n2. Two"),
        ("<h2>Head</h2><p>Text</p>", "## Head\n\nText"),
        ("<p>2 * 3 * 4, a_b_c, [x], &lt;b&gt;, # 1</p>", "2 \\* 3 \\* 4, a\\_b\\_c, \\[x\\], \\<b>, # 1"),
        ("<p># One</p><p>1. Two</p><p>- Three</p>", "\\# One\n\n1\\. Two\n\n\\- Three"),
        ("<p>Line<br>line<br/>line</p>", "Line<br>line<br>line"),
        ("<p>A <b>bold</b> word</p>", "A <b>bold</b> word"),
        ("Plain & simple\nsecond line\n\nthird", "Plain & simple<br>second line\n\nthird"),
    ],
)  # fmt: skip
def test_what_most_notes_are_made_of_becomes_markdown(html: str, markdown: str) -> None:
    assert notes_text(html) == (markdown, None)


OTHER = "Markdown would show them another way"


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<p>See https://a.example/ for more</p>", OTHER),
        ("<p>Half a<strong>word</strong>: or <em> spaced </em></p>", OTHER),
        ("<table><tr><td>1</td></tr></table>", "<table>"),
        ("<ul><li>One<ul><li>Inner</li></ul></li></ul>", "<ul within a list>"),
        ('<p><img src="https://a.example/b.png" alt="x"></p>', "<img>"),
        ("<p>Open <strong>bold</p><p>goes on</strong></p>", OTHER),
    ],
)  # fmt: skip
def test_what_markdown_would_show_another_way_stays_html(html: str, why: str) -> None:
    assert notes_text(html) == (notes_body(html), why)


TAGS = ["<p>", "</p>", "<b>", "</em>", "<em>", "<ul>", "<li>", "</ul>", "<a>", "</a>", "<br>", "<h1>", "<a href='x:y'>"]
SIGNS = ["*a*", "_b_", "&lt;", "1.", "#", "word", "`", "|", "-", "[x](y)", "\n\n", " "]


@given(st.lists(st.sampled_from([*TAGS, *SIGNS]), max_size=14).map("".join))
def test_any_notes_show_the_same_to_apps(html: str) -> None:
    was, now = ("".join("".join(app_blocks(text)).split()) for text in (notes_body(html), notes_text(html)[0]))
    assert was == now
