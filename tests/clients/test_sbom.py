"""The software bill of materials is of what podwright installs: each library with its version and licence."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.support.paths import ROOT
from tests.test_licences import LISTED

pytestmark = pytest.mark.clients


def test_the_bill_of_materials_names_what_is_installed_and_nothing_else() -> None:
    done = subprocess.run(["make", "sbom"], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    bill = json.loads((ROOT / "build" / "podwright.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    components = {re.sub(r"[-_.]+", "-", one["name"]).lower(): one for one in bill["components"]}
    assert components.keys() == {*LISTED, "podwright"}
    assert all(one["version"] and one["licenses"] for one in components.values())
