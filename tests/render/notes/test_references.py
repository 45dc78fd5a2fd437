"""Citations: as the AMA writes them, with nothing left behind by what is not known."""

from __future__ import annotations

import pytest

from podwright.core.model import Reference
from podwright.render.notes import format_reference
from podwright.render.notes.references import reference_links

SIX = tuple(f"Author {letter}" for letter in "ABCDEF")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (Reference(citation="As it stands, without a stop"), "As it stands, without a stop"),
        (
            Reference(authors=("A B", "C D"), title="T", journal="J", year=2026, volume="1", issue="2", pages="3-4"),
            "A B, C D. T. J. 2026;1(2):3-4.",
        ),
        (Reference(authors=SIX, title="T"), f"{', '.join(SIX)}. T."),
        (Reference(authors=(*SIX, "Author G"), title="T"), f"{', '.join(SIX)}, Author G. T."),
        (Reference(citation="As it stands", authors=SIX, title="T"), "As it stands"),
        (Reference(title="T"), "T."),
        (Reference(title="Does it work?"), "Does it work?"),
        (Reference(title="It works!"), "It works!"),
        (Reference(title="T", journal="J Med."), "T. J Med."),
        (Reference(title="T", year=2026), "T. 2026."),
        (Reference(title="T", year=2026, pages="e7"), "T. 2026:e7."),
        (Reference(title="T", year=2026, issue="2"), "T. 2026;(2)."),
        (Reference(title="T", volume="1", pages="3"), "T. 1:3."),
        (Reference(title="T", volume="1", issue="2"), "T. 1(2)."),
        (Reference(title="T", pages="3"), "T. 3."),
        (Reference(title="T", journal="J", doi="10.1/x", pmid="1"), "T. J."),
    ],
)
def test_a_reference_is_one_line(reference: Reference, expected: str) -> None:
    assert format_reference(reference) == expected


@pytest.mark.parametrize(
    ("et_al", "expected"),
    [
        (None, f"{', '.join(SIX)}. T."),
        (6, f"{', '.join(SIX)}. T."),
        (5, "Author A, Author B, Author C, et al. T."),
        (1, "Author A, Author B, Author C, et al. T."),
    ],
)
def test_authors_are_cut_only_where_a_show_says_so(et_al: int | None, expected: str) -> None:
    assert format_reference(Reference(authors=SIX, title="T"), et_al=et_al) == expected
    assert format_reference(Reference(authors=SIX[:3], title="T"), et_al=et_al) == "Author A, Author B, Author C. T."


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (Reference(title="T"), []),
        (Reference(title="T", doi="10.1000/182"), [("doi:10.1000/182", "https://doi.org/10.1000/182")]),
        (
            Reference(title="T", doi="10.1002/(SICI)1097<1661::AID#8>3.0?CO;2-2"),
            [
                (
                    "doi:10.1002/(SICI)1097<1661::AID#8>3.0?CO;2-2",
                    "https://doi.org/10.1002/(SICI)1097%3C1661::AID%238%3E3.0%3FCO;2-2",
                )
            ],
        ),
        (Reference(title="T", pmid="123"), [("PMID 123", "https://pubmed.ncbi.nlm.nih.gov/123/")]),
        (Reference(title="T", url="https://e.org/"), [("https://e.org/", "https://e.org/")]),
        (
            Reference(
                citation="T. doi:10.1/x PMID: 123. https://e.org/", doi="10.1/x", pmid="123", url="https://e.org/"
            ),
            [("doi.org", "https://doi.org/10.1/x"), ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/123/")],
        ),
    ],
)
def test_identifiers_are_links_and_said_once(reference: Reference, expected: list[tuple[str, str]]) -> None:
    assert [(link.title, link.url) for link in reference_links(reference)] == expected
