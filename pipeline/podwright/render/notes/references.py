"""Citations in the manner of the AMA Manual of Style, and the links of a reference."""

from __future__ import annotations

from urllib.parse import quote

from podwright.core.model import Link, Reference

#: The authors that a show which cuts long lists names (AMA Manual of Style, 11th edition, section 3.7).
NAMED_AUTHORS = 3


def format_reference(reference: Reference, *, et_al: int | None = None) -> str:
    """Return one line of plain text without identifiers; what is not known leaves no punctuation behind.

    A citation stands as it was written. et_al: of more authors than this only the first are named; None: all are.
    """
    if reference.citation:
        return reference.citation
    parts = [
        _authors(reference.authors, et_al),
        _sentence(reference.title),
        _sentence(reference.journal),
        _place(reference),
    ]
    return " ".join(part for part in parts if part)


def is_titled(reference: Reference) -> bool:
    """Return whether title and authors stand for themselves: the citation is given, and no abstract has them above."""
    return bool(reference.citation and reference.title and not reference.abstract)


def reference_links(reference: Reference) -> tuple[Link, ...]:
    """Return DOI, PubMed and other address of a reference; what a free citation already says is not said again.

    https://www.doi.org/doi-handbook/HTML/encoding-rules-for-urls.html: a DOI may hold what an address may not.
    """
    citation = reference.citation or ""
    links = []
    if reference.doi:
        title = "doi.org" if reference.doi in citation else f"doi:{reference.doi}"
        links.append(Link(title=title, url=f"https://doi.org/{quote(reference.doi, safe='/:;()._-,')}"))
    if reference.pmid:
        title = "PubMed" if reference.pmid in citation else f"PMID {reference.pmid}"
        links.append(Link(title=title, url=f"https://pubmed.ncbi.nlm.nih.gov/{reference.pmid}/"))
    if reference.url and reference.url not in citation:
        links.append(Link(title=reference.url, url=reference.url))
    return tuple(links)


def _authors(authors: tuple[str, ...], et_al: int | None) -> str:
    cut = et_al is not None and len(authors) > max(et_al, NAMED_AUTHORS)
    named = f"{', '.join(authors[:NAMED_AUTHORS])}, et al" if cut else ", ".join(authors)
    return _sentence(named)


def _sentence(text: str | None) -> str:
    """Return a text that ends like a sentence."""
    if not text:
        return ""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _place(reference: Reference) -> str:
    """Return `2026;12(3):101-109.` as far as it is known."""
    volume = (reference.volume or "") + (f"({reference.issue})" if reference.issue else "")
    year = str(reference.year) if reference.year else ""
    head = f"{year};{volume}" if year and volume else year or volume
    return _sentence(f"{head}:{reference.pages}" if head and reference.pages else head or reference.pages)
