"""Writing systems: how texts are joined, how wide they are, and where they begin."""

import pytest

from podwright.core.scripts import columns, direction, joined


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ((), ""),
        (("Mind", "the roots."), "Mind the roots."),
        (("今天", "浇水。", "再见"), "今天浇水。再见"),
        (("我们用", "Python", "浇水"), "我们用 Python 浇水"),
        (("你好。", "Hello", "（根）", "x"), "你好。Hello（根）x"),
        (("カタ", "カナ", "ｶﾅ"), "カタカナｶﾅ"),
        (("สวัสดี", "ทุกคน"), "สวัสดีทุกคน"),
        (("한국어는", "띄어 쓴다"), "한국어는 띄어 쓴다"),
        (("שלום", "לכולם"), "שלום לכולם"),
        (("नमस्ते", "जी"), "नमस्ते जी"),
        (("é", "à"), "é à"),
    ],
)
def test_pieces_are_joined_with_the_spaces_of_their_script(pieces: tuple[str, ...], text: str) -> None:
    assert joined(pieces) == text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("he", "rtl"),
        ("iw", "rtl"),
        ("ar-EG", "rtl"),
        ("fa-IR", "rtl"),
        ("yi", "rtl"),
        ("ku-Arab", "rtl"),
        ("az-Arab-IR", "rtl"),
        ("ar-Latn", "ltr"),
        ("pa-PK", "ltr"),
        ("zh-Hant-TW", "ltr"),
        ("de-CH-1901", "ltr"),
    ],
)
def test_the_direction_is_that_of_the_language_or_the_script_that_its_tag_names(language: str, expected: str) -> None:
    assert direction(language) == expected


def test_letters_of_east_asia_are_two_columns_wide() -> None:
    assert [columns(text) for text in ("ab", "éb", "浇水", "浇a", "ﾃﾞ")] == [2, 2, 4, 3, 2]
