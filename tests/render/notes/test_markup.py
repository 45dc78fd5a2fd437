"""Markdown, raw HTML and plain text as the little HTML that apps show, and that as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.render.notes.cutting import cut_html, split_sentences
from podwright.render.notes.markup import live, markdown_blocks, plain_text
from tests.support.notes_reader import Reader


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A *b*\n\nc", ("<p><strong>A <em>b</em></strong></p>", "<p>c</p>")),
        ("> a\n> b", ("<p>a\nb</p>",)),
        ("```\na <b>\nc\n```", ("<p>a &lt;b&gt;<br>c</p>",)),
        ("a `b<c>`", ("<p>a b&lt;c&gt;</p>",)),
        ("a\n\n---\n\nb", ("<p>a</p>", "<p>b</p>")),
        ("see ![a *b*](https://e.org/i.png)", ("<p>see a b</p>",)),
        ('[a](https://e.org/x "Title")', ('<p><a href="https://e.org/x">a</a></p>',)),
        ("[a](/rel) [b](c.html) [d](#e) [f](//e.org)", ("<p>a b d f</p>",)),
        ("<a href='JavaScript:x()'>a</a> <a href=' javascript:x()'>b</a>", ("<p>a b</p>",)),
        ("<a href='data:text/html,x'>a</a> <a href='ftp://e.org/'>b</a>", ("<p>a b</p>",)),
        ("<p onclick='x()' style='color:red' title='t'>a</p>", ("<p>a</p>",)),
        ("<h2 id='a'>A</h2>", ("<p><strong>A</strong></p>",)),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ("<p>   a  b   </p>",)),
        (
            "<script>alert(1)</script>\n\n<style>p {}</style>\n\n<!-- a -->\n\n<iframe src='https://e.org/'></iframe>",
            (),
        ),
        ("<p>a<b>c\n\nd", ("<p>a<b>c\n</b></p>", "<p>d</p>")),
        ("<p>a&#1;b</p>", ("<p>ab</p>",)),
    ],
)
def test_markdown_becomes_what_apps_show(source: str, expected: tuple[str, ...]) -> None:
    assert markdown_blocks(source) == expected


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("see https://e.io/a?b=1&c=2.", "https://e.io/a?b=1&c=2"),
        ("(https://e.org/a_(b))", "https://e.org/a_(b)"),
        ("write to a.b+c@e.org, or", "mailto:a.b+c@e.org"),
        ("www.example.org has it", "http://www.example.org"),
        ("on example.co.uk/show now", "http://example.co.uk/show"),
        ("as it was.It is", None),
        ("open README.md", None),
        ("3.5 mg vs. 4.5 mg", None),
        ("javascript:alert(1)", None),
    ],
)
def test_bare_addresses_are_live_in_fields_and_notes(source: str, url: str | None) -> None:
    for html in (live(source), *markdown_blocks(source)):
        read = Reader(html)
        assert read.links == ([url] if url else [])
        assert read.shown == source


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p>\n<p>b &amp; &lt;c&gt;</p>", "a\n\nb & <c>"),
        ("<p>a<br>\nb  c\nd</p>", "a\nb c d"),
        ("<p>a</p><ul><li>b</li><li>c</li></ul><p>d</p>", "a\n\n- b\n- c\n\nd"),
        ("<ol><li>a</li><li><p>b</p><p>c</p></li><li>d<br>e</li></ol>", "1. a\n2. b\n  c\n3. d\n  e"),
        ("<ul>\n<li>a\n<ol>\n<li>b</li>\n</ol>\n</li>\n<li>c</li>\n</ul>", "- a\n  1. b\n- c"),
        ('<p>a <a href="https://e.org/?b&amp;c">d</a>, e</p>', "a d (https://e.org/?b&c), e"),
        ('<p><a href="https://e.org/">https://e.org/</a></p>', "https://e.org/"),
        ('<p><a href="http://www.e.org">www.e.org</a></p>', "www.e.org"),
        ('<p><a href="mailto:a@e.org">a@e.org</a> <a href="mailto:a@e.org">us</a></p>', "a@e.org us (a@e.org)"),
        ('<ul><li><a href="https://e.org/">https://e.org/</a></li></ul>', "- https://e.org/"),
        ("<p>a <strong>b</strong><em>c</em> d</p>", "a bc d"),
    ],
)
def test_html_reads_well_as_plain_text(html: str, expected: str) -> None:
    assert plain_text(html) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("He said “stop.” Then he left.", ["He said “stop.”", "Then he left."]),
        ("Dr. Ada, e.g. today, took 3.5 mg vs. 4 mg.", ["Dr. Ada, e.g. today, took 3.5 mg vs. 4 mg."]),
        ("J. Pike\n  wrote. it all", ["J. Pike wrote. it all"]),
        ("これは文です。「はい。」次", ["これは文です。", "「はい。」", "次"]),
        ("كيف؟ نعم. لا", ["كيف؟", "نعم.", "لا"]),
        ("", []),
    ],
)
def test_sentences_end_where_they_do(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (107, '<p>A <em>b. C</em> d. <a href="https://e.org/">E. F</a></p>\n<ul><li>g</li><li>h i</li></ul>'),
        (85, '<p>A <em>b. C</em> d. <a href="https://e.org/">E. F</a></p>\n<ul><li>g</li></ul>'),
        (59, '<p>A <em>b. C</em> d. <a href="https://e.org/">E. F</a></p>'),
        (58, "<p>A <em>b. C</em> d.</p>"),
        (24, "<p>A <em>b.</em></p>"),
        (19, "<p>A…</p>"),
        (8, ""),
    ],
)
def test_html_is_cut_behind_a_sentence_or_a_word(limit: int, expected: str) -> None:
    html = '<p>A <em>b. C</em> d. <a href="https://e.org/">E. F</a></p>\n<ul><li>g</li><li>h i</li></ul>'
    assert cut_html(html, lambda head: len(head) <= limit) == expected


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["Ab.", "cd", "*ef*", "gh&", "[ij kl](https://e.org/)", "\n\n", "\n\n- "])),
    st.integers(0, 300),
)
def test_a_cut_keeps_words_and_tags_whole(parts: list[str], limit: int) -> None:
    html = "\n".join(markdown_blocks(" ".join(parts)))
    head = cut_html(html, lambda beginning: len(beginning) <= limit)
    assert len(head) <= limit
    words = Reader(head).shown.replace("…", "").split()
    assert words == Reader(html).shown.split()[: len(words)]
