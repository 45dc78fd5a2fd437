"""Episodes whose notes are known: a medical one with everything, a gardening one with next to nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from podwright.core.model import (
    AbstractSection,
    Chapter,
    Contact,
    Credit,
    Episode,
    Link,
    Outline,
    Person,
    Reference,
)
from podwright.render.notes import ContentsEntry, NotesInput

OUTLINE = Outline(
    slug="slugs", folder="episodes/slugs", guid="g", title="Slugs", published=datetime(2026, 3, 2, 9, tzinfo=UTC)
)
PLAIN = NotesInput(
    episode=Episode(outline=OUTLINE),
    key_points=(),
    drafted=False,
    chapters=(),
    season_title=None,
    contents=(),
    transcript_url=None,
)

GARDENING = NotesInput(
    episode=Episode(
        outline=OUTLINE,
        notes="""
## Slugs, and who eats them

We tried *four* things against slugs: beer, copper, sand & patience. Only one worked.

- Beer traps: [how to build one](https://example.org/traps?size=2&colour=red "Traps")
- Copper tape
  1. round the pot
  2. round the bed

Write to garden@example.org, or look at https://example.org/slugs.
""",
    ),
    key_points=(),
    drafted=False,
    chapters=(Chapter(start=timedelta(), title="Beer"), Chapter(start=timedelta(minutes=2), title="Copper")),
    season_title=None,
    contents=(),
    transcript_url=None,
)

MEDICAL = NotesInput(
    episode=Episode(
        outline=Outline(
            slug="stopping-ppis",
            folder="episodes/deprescribing/stopping-ppis",
            guid="8b8a5c0e",
            title="Stopping proton pump inhibitors",
            published=datetime(2026, 3, 2, 9, tzinfo=UTC),
            expires=datetime(2029, 3, 1, 23, 59, 59, tzinfo=UTC),
            season="deprescribing",
            number=2,
            section="Gastroenterology",
            tier="free",
        ),
        subtitle="What a tapering trial adds",
        people=(
            Person(
                name="Lena Ortiz",
                credentials="MD, FACP",
                role="author",
                group="writing",
                affiliation="Harbour Hospital",
                url="https://example.org/people/lena-ortiz",
            ),
            Person(name="Tobias Rehm", credentials="PharmD"),
            Person(name="Lena Ortiz", role="guest"),
        ),
        notes="Half of all prescriptions have no current indication. **Lena Ortiz** explains how to stop one.",
        references=(
            Reference(
                authors=("Ortiz L", "Rehm T", "Sand P", "Marsh O", "Pike J", "Calder I", "Vale R"),
                title="Tapering proton pump inhibitors in older adults: a randomised trial",
                journal="Journal of Sample Medicine",
                year=2026,
                volume="12",
                issue="3",
                pages="101-109",
                doi="10.5555/taper.2026.001",
                pmid="99990002",
                abstract=(
                    AbstractSection(heading="Methods", text="612 adults over 65 were randomised for 12 months."),
                    AbstractSection(heading="Results", text="71% (p < 0.001) were off regular treatment."),
                ),
            ),
            Reference(
                citation="Harbour Medical Society. Stopping well. 2nd ed. Harbour: The Society; 2025.",
                url="https://example.org/stopping-well",
            ),
        ),
        objectives=("Find the patients who can stop.", "Taper a proton pump inhibitor over four weeks."),
        credits=(
            Credit(
                kind="AMA PRA Category 1",
                amount=Decimal("0.25"),
                released=date(2026, 3, 2),
                reviewed=date(2026, 9, 7),
                expires=date(2029, 3, 1),
                provider="Harbour Medical Society",
                url="https://example.org/claim?episode=2&kind=ama",
            ),
        ),
        disclosures=("Dr. Ortiz has received fees from Example & Sons.", "Dr. Rehm has nothing to disclose."),
        participation="Listen, then answer three questions at https://example.org/claim.",
        commercial_support="None.",
        time_to_complete=timedelta(minutes=15),
        contact=Contact(name="Education office", email="education@example.org", url="https://example.org/education"),
        links=(Link(title="A tapering sheet to print", url="https://example.org/taper.pdf"),),
        language="en-US",
    ),
    key_points=("Look for the indication first.", "Taper over four weeks; expect two weeks of rebound."),
    drafted=True,
    chapters=(
        Chapter(start=timedelta(), title="Introduction"),
        Chapter(start=timedelta(minutes=1, seconds=30), title="The trial", url="https://example.org/trial"),
        Chapter(start=timedelta(hours=1, seconds=2.7), title="On Monday"),
    ),
    season_title="Deprescribing",
    contents=(
        ContentsEntry(title="Why stop?", number=1, url="https://example.org/e/1", current=False),
        ContentsEntry(title="Stopping proton pump inhibitors", number=2, url=None, current=True),
        ContentsEntry(title="A bonus", number=None, url=None, current=False),
    ),
    transcript_url="https://cdn.example.org/e/stopping-ppis.html",
)
