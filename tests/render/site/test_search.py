"""The search's index: what is split, counted and shelved comes back as it went in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.render.site.search import (
    LONGEST_WORD,
    SHELVES,
    bucket_of,
    count_words,
    render_records,
    render_shelf,
    shelves,
    split_words,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Blood pressure, at home!", ["blood", "pressure", "at", "home"]),
        ("Café ÅNGSTRÖM naïve", ["cafe", "angstrom", "naive"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("120/80 mm_Hg don't", ["120", "80", "mm", "hg", "don", "t"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("血圧計 ABC", ["血", "圧", "計", "血圧", "圧計", "abc"]),
        ("x" * (LONGEST_WORD + 1) + " ok", ["ok"]),
        ("\u202e <script>", ["script"]),
        ("", []),
    ],
)
def test_a_text_is_split_into_what_is_searched_for(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_a_title_says_more_than_what_stands_out_and_that_more_than_the_text() -> None:
    found = count_words("Rugs", ["Falls at home"], ["rugs and falls", "and falls and stairs and"])
    assert found == {"and": 3, "at": 4, "falls": 6, "home": 4, "rugs": 13, "stairs": 1}


@pytest.mark.parametrize(
    ("count", "starts"),
    [
        (0, []),
        (99, [(0, 99, 1)]),
        (100, [(0, 100, 16)]),
        (1234, [(0, 1000, 128), (1000, 100, 16), (1100, 100, 16), (1200, 34, 1)]),
    ],
)
def test_full_shelves_stay_when_an_episode_is_added(count: int, starts: list[tuple[int, int, int]]) -> None:
    assert [tuple(shelf) for shelf in shelves(count)] == starts


@given(
    st.lists(st.dictionaries(st.text(min_size=1), st.integers(1, 20))), st.sampled_from([1, *(n for _, n in SHELVES)])
)
def test_every_word_of_every_episode_is_found_again(words: list[dict[str, int]], buckets: int) -> None:
    files = [json.loads(data) for data in render_shelf(words, buckets)]
    assert len(files) == buckets
    found: list[dict[str, int]] = [{} for _ in words]
    for number, file in enumerate(files):
        for word, postings in file.items():
            assert bucket_of(word, buckets) == number
            at = 0
            for distance, weight in zip(postings[::2], postings[1::2], strict=True):
                at += distance
                found[at][word] = weight
    assert found == words


def test_records_are_told_as_they_are() -> None:
    assert json.loads(render_records([("k", "Rug & roll", "1 May", "“…”")])) == [["k", "Rug & roll", "1 May", "“…”"]]
