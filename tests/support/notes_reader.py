"""A reader of show notes: tags in balance, links, and the text that a listener sees, as an app has them."""

from __future__ import annotations

from html.parser import HTMLParser

TAGS = {"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"}


class Reader(HTMLParser):
    """Fails on what podcast apps need not show, and on tags that are not in balance."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.shown = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        if tag == "a":
            ((name, url),) = attrs
            assert name == "href"
            assert url is not None
            assert url.lower().startswith(("http:", "https:", "mailto:", "tel:", "sms:"))
            self.links.append(url)
        elif tag == "ol":
            assert [name for name, _ in attrs] in ([], ["start"])
        else:
            assert not attrs
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment
