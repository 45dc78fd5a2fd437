"""Markdown, raw HTML and plain text as the little HTML that apps show, and that as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.render.notes.cutting import cut_html, split_sentences
from podwright.render.notes.for_apps import app_blocks
from podwright.render.notes.for_pages import page_html
from podwright.render.notes.markup import bare_text, live, plain_text
from podwright.render.notes.written import Loss, losses
from tests.support.notes_reader import Reader


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A *b*\n\nc", ("<p><strong>A <em>b</em></strong></p>", "<p>c</p>")),
        ("> a\n> b", ("<p>a\nb</p>",)),
        ("```\na <b>\nc\n```", ("<p>a &lt;b&gt;<br>c</p>",)),
        ("a `b<c>`", ("<p>a b&lt;c&gt;</p>",)),
        ("a\n\n---\n\nb", ("<p>a</p>", "<p>b</p>")),
        ("see ![a *b*](https://e.org/i.png)", ('<p>see <a href="https://e.org/i.png">a b</a></p>',)),
        ("see ![](https://e.org/i.png)", ('<p>see <a href="https://e.org/i.png">https://e.org/i.png</a></p>',)),
        ("[![a](https://e.org/i.png)](https://e.org/)", ('<p><a href="https://e.org/">a</a></p>',)),
        ("see ![a *b*](i.png)", ("<p>see a b</p>",)),
        ('[a](https://e.org/x "Title")', ('<p><a href="https://e.org/x">a</a></p>',)),
        ("[a](/rel) [b](c.html) [d](#e) [f](//e.org)", ('<p>a b d <a href="https://e.org">f</a></p>',)),
        ("[a](tel:+1555) [b](sms:+1555)", ('<p><a href="tel:+1555">a</a> <a href="sms:+1555">b</a></p>',)),
        ("<a href='JavaScript:x()'>a</a> <a href=' javascript:x()'>b</a>", ("<p>a b</p>",)),
        ("<a href='data:text/html,x'>a</a> <a href='ftp://e.org/'>b</a>", ("<p>a b</p>",)),
        ("<p onclick='x()' style='color:red' title='t'>a</p>", ("<p>a</p>",)),
        ("<h2 id='a'>A</h2>", ("<p><strong>A</strong></p>",)),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ("<p>a · b</p>",)),
        ("<script>alert(1)</script>\n\n<style>p {}</style>\n\n<!-- a -->\n\n<iframe src='video.html'></iframe>", ()),
        ("a <script>alert(1)</script> <style>p {}</style> b", ("<p>a   b</p>",)),
        ("<iframe src='https://e.org/'>No frames.</iframe>", ('<p><a href="https://e.org/">https://e.org/</a></p>',)),
        (
            "<iframe src='https://www.youtube.com/embed/a1?start=9' title='Beds'></iframe>",
            ('<p><a href="https://www.youtube.com/watch?v=a1&amp;t=9">Beds</a></p>',),
        ),
        (
            "<iframe src='//player.vimeo.com/video/7'></iframe>",
            ('<p><a href="https://vimeo.com/7">https://vimeo.com/7</a></p>',),
        ),
        (
            "<video><source src='https://e.org/v.mp4'>No video.</video>",
            ('<p><a href="https://e.org/v.mp4">https://e.org/v.mp4</a></p>',),
        ),
        ("3. a\n4. b", ('<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>',)),
        ("| a | b |\n|---|---|\n| c | |\n| | d |", ("<p><strong>a</strong> · <strong>b</strong><br>c<br>– · d</p>",)),
        (
            "<table><caption>a</caption><tr><td><p>b</p><ul><li>c<li>d</ul></table>",
            ("<p><strong>a</strong></p>", "<p>b c d</p>"),
        ),
        (
            "<p>a</p><div>b</div>c<ul><li>d<li>e</ul>",
            ("<p>a</p>", "<p>b</p>", "<p>c</p>", "<ul><li>d</li><li>e</li></ul>"),
        ),
        (
            "<details><summary>a</summary>\n\n*b*\n\n</details>\n\nc",
            ("<p><strong>a</strong></p>", "<p><em>b</em></p>", "<p>c</p>"),
        ),
        ("<dl><dt>a<dd>b</dl>", ("<p><strong>a</strong></p>", "<p>b</p>")),
        ("<ul><li><div>a</div><div>b</div></ul>", ("<ul><li><p>a</p><p>b</p></li></ul>",)),
        ("<b>a<p>b</p></b>", ("<p><b>a</b></p>", "<p><b>b</b></p>")),
        ("H<sub>2</sub>O, 10<sup>-6</sup>, 1<sup>st</sup>", ("<p>H₂O, 10⁻⁶, 1st</p>",)),
        ("a[^n] b[^n]\n\n[^n]: *c*\n  d", ("<p>a¹ b¹</p>", "<ol>\n<li><em>c</em> d</li>\n</ol>")),
        ("a[^n] `b[^m]`", ("<p>a[^n] b[^m]</p>",)),
        ("👍 a", ("<p>👍 a</p>",)),
        ("<p>a<b>c\n\nd", ("<p>a<b>c\n</b></p>", "<p>d</p>")),
        ("<p>a&#1;b</p>", ("<p>ab</p>",)),
    ],
)
def test_markdown_becomes_what_apps_show(source: str, expected: tuple[str, ...]) -> None:
    assert app_blocks(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A\n\n## B\n\n### C", "<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>"),
        ("## A\n\n### B", "<h3>A</h3>\n<h4>B</h4>"),
        ("[a](b.html) [c](tel:+1)", '<p>a <a href="tel:+1" rel="noopener">c</a></p>'),
        ("<a href='https://e.org/'></a>b", "<p>b</p>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("<details><summary>a</summary>\n\nb\n\n</details>", "<details><summary>a</summary>\n<p>b</p>\n</details>"),
        ("a<sup>2</sup>", "<p>a<sup>2</sup></p>"),
        ("![a](https://e.org/i.png)", '<p><a href="https://e.org/i.png" rel="noopener">a</a></p>'),
        (
            "<iframe src='https://e.org/' title='a'></iframe>",
            '<p><a href="https://e.org/" rel="noopener">a</a></p>',
        ),
        ("<td colspan=2>a", "a"),
        ("<table><tr><td colspan=2>a</table>", '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>'),
        ("<section>a</section><p onclick='x()' id='b' style='c'>d</p>", "<div>a</div><p>d</p>"),
        ("<script>a</script>", ""),
        ("10:00 a\n11:00 b", "<p>10:00 a<br>\n11:00 b</p>"),
    ],
)
def test_markdown_becomes_part_of_a_page(source: str, expected: str) -> None:
    assert page_html(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<ul><li>One<li>Two</ul><div>Three</div>Four", "One Two Three Four"),
        ("<table><tr><td>One<td>Two</table>", "One Two"),
        ("<details><summary>One</summary>Two</details>", "One Two"),
        ("One<br>Two\n# Three\n> Four", "One Two Three Four"),
        ("O<b>n</b>e [Two](https://e.org/) H<sub>2</sub>O", "One Two H2O"),
        ("One <script>Two</script>\n\n<style>\nThree\n\nFour\n</style>", "One"),
    ],
)
def test_words_of_different_blocks_are_apart(source: str, words: str) -> None:
    assert bare_text(page_html(source)) == words


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("Our guests:\nMara Lind\nJon Berg", True),
        ("(00:00) Sowing\n(00:01) Watering", True),
        ("0:00 - Sowing of beans and peas in a bed that was dug over in autumn and rested\n10:30 - Watering", True),
        ("• beans, which want warm soil and much patience from whoever sows them\n• peas", True),
        ("🌱 beans\n🌿 peas", True),
        ("[Beans](https://e.org/a)\n[Peas](https://e.org/b)", True),
        ("豆\n胡瓜", True),
        ("The first line\nand the second", False),
        ("We tried four things against slugs: beer, copper, sand and patience. Only\none of them worked.", False),
        ("Beer, as every gardener will tell you over the fence, did nothing at all.\nCopper did.", False),
        ("Beans, peas,\nMara, Jon", False),
    ],
)
def test_lines_that_are_a_list_stay_lines_and_wrapped_prose_flows(lines: str, kept: bool) -> None:
    (html,) = app_blocks(lines)
    assert ("<br>" in html) is kept
    assert ("<br>" in page_html(lines)) is kept


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a](/b) and [c](https://e.org/)", [Loss("link", "/b", "a")]),
        ("[a](javascript:b)", [Loss("link", "javascript:b", "a")]),
        ("<a href='https://e.org/'></a>", [Loss("link", "https://e.org/")]),
        ("<a href='https://e.org/'>![a](https://e.org/i.png)</a>", []),
        ("![a](b.png)", [Loss("picture", "b.png", "a")]),
        ("![](data:image/png;base64,AA)", [Loss("picture", "data:image/png;base64,AA")]),
        ("<iframe src='a.html'></iframe>", [Loss("player", "a.html", "iframe")]),
        ("<iframe src='https://e.org/'></iframe>", []),
        ("a <script>b</script>\n\n<FORM>", [Loss("element", "script"), Loss("element", "form")]),
        ("`<script>`", []),
    ],
)
def test_what_is_lost_of_notes_is_known(source: str, expected: list[Loss]) -> None:
    assert list(losses(source)) == expected


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
    for html in (live(source), *app_blocks(source)):
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
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        (
            '<p><a href="tel:+1555">us</a> <a href="tel:+1555">+1555</a> <a href="tel:+1555">tel:+1555</a></p>',
            "us (+1555) +1555 tel:+1555",
        ),
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
    html = "\n".join(app_blocks(" ".join(parts)))
    head = cut_html(html, lambda beginning: len(beginning) <= limit)
    assert len(head) <= limit
    words = Reader(head).shown.replace("…", "").split()
    assert words == Reader(html).shown.split()[: len(words)]
