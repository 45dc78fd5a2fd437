"""LICENSES.md names every library that podwright installs, under the licence that its authors declare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement

from tests.support.paths import ROOT

EXTRAS = ("serve", "gateway", "postgresql")
LISTED = dict(re.findall(r"^\| (?!library|---)(\S+) \| (.+) \|$", (ROOT / "LICENSES.md").read_text(), re.MULTILINE))
#: What may be distributed together under version 3 of the GPL.
COMPATIBLE = {"0BSD", "Apache", "BSD", "CC0", "CNRI", "GPL", "ISC", "LGPL", "MIT", "MPL", "PSF", "Zlib"}


def required(name: str, extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a distribution requires here, with the extras asked for."""
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement.name, tuple(sorted(requirement.extras))


def installed() -> dict[str, Distribution]:
    """Return all that is installed with podwright, by normalised name."""
    found: dict[tuple[str, tuple[str, ...]], Distribution] = {}
    waiting = [("podwright", EXTRAS)]
    while waiting:
        name, extras = waiting.pop()
        key = (re.sub(r"[-_.]+", "-", name).lower(), extras)
        if key not in found:
            found[key] = distribution(name)
            waiting += required(name, extras)
    return {name: one for (name, _), one in found.items() if name != "podwright"}


INSTALLED = installed()


def families(text: str) -> set[str]:
    """Return the families of licences that a text names."""
    text = text.replace("FreeBSD", "BSD").replace("Dual License", "").replace("Python Software Foundation", "PSF")
    text = re.sub(r"Mozilla Public License", "MPL", re.sub(r"GNU Lesser[^,]*", "LGPL", text))
    return {family for family in COMPATIBLE if re.search(rf"(?<![A-Za-z0-9]){family}(?![A-Z])", text)}


def declared(one: Distribution) -> str:
    """Return what a distribution's metadata says of its licence."""
    fields = one.metadata.get_all("License-Expression") or []
    classifiers = [line for line in one.metadata.get_all("Classifier") or [] if line.startswith("License")]
    # Some wheels carry the whole text in this field.
    short = [text for text in one.metadata.get_all("License") or [] if len(text) < 100]
    return ", ".join([*fields, *classifiers, *short])


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_is_listed_under_the_licence_that_it_declares(name: str) -> None:
    assert name in LISTED, "add it to LICENSES.md"
    stated = declared(INSTALLED[name])
    assert families(stated), stated
    assert families(stated) & families(LISTED[name]) == families(LISTED[name])


@pytest.mark.parametrize("name", sorted(LISTED))
def test_may_be_distributed_with_the_others(name: str) -> None:
    for licence in re.split(r" (?:AND|OR) ", LISTED[name].replace("(", "").replace(")", "")):
        assert families(licence), licence
