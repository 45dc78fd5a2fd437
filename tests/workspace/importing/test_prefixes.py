"""Counting services are taken off the addresses of recordings."""

from __future__ import annotations

import pytest

from podwright.workspace.importing.prefixes import split_prefix

REST = "https://traffic.example.org/SHOW1.mp3"
ROW = "https://dts.podtrac.com/redirect.mp3/pdst.fm/e/mgln.ai/e/94/claritaspod.com/measure/pfx.vpixl.com/j0JIg/"


@pytest.mark.parametrize(
    ("url", "prefix", "rest"),
    [
        (REST, "", REST),
        ("https://op3.dev/e/traffic.example.org/SHOW1.mp3", "https://op3.dev/e/", REST),
        ("https://op3.dev/e,pg=1/https://traffic.example.org/SHOW1.mp3", "https://op3.dev/e,pg=1/https://", REST),
        (f"{ROW}traffic.example.org/SHOW1.mp3", ROW, REST),
        ("https://pdst.fm/e/https%3A%2F%2Ftraffic.example.org%2FSHOW1.mp3", "https://pdst.fm/e/https%3A%2F%2F", REST),
        ("https://anchor.fm/s/1a2b/podcast/play/7/https%3A%2F%2Ftraffic.example.org%2FSHOW1.mp3", "", REST),
        ("http://www.podtrac.com/pts/redirect.mp3/a.example/x.mp3?b=c", "http://www.podtrac.com/pts/redirect.mp3/", "http://a.example/x.mp3?b=c"),
        # A service's own files have nothing behind its path.
        ("https://media.blubrry.com/show/content.mp3", "", "https://media.blubrry.com/show/content.mp3"),
        ("ftp://a.example/x.mp3", "", "ftp://a.example/x.mp3"),
    ],
)  # fmt: skip
def test_the_file_is_found_behind_counting_services(url: str, prefix: str, rest: str) -> None:
    assert split_prefix(url) == (prefix, rest)
