"""The source distribution is the repository, tests and sample show included, and nothing else of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.support.paths import ROOT

#: What runs leave behind, as .gitignore says.
LEFT = (ROOT / ".gitignore").read_text().split()


def test_whoever_has_the_source_distribution_has_all_that_its_tests_need(tmp_path: Path) -> None:
    copy = tmp_path / "repository"
    names = [name.strip("/") for name in LEFT]
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", *names))
    here = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    left = copy / "tests" / "__pycache__" / "left.pyc"
    left.parent.mkdir()
    left.touch()
    build = "from setuptools import build_meta; print(build_meta.build_sdist('dist'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with tarfile.open(copy / "dist" / done.stdout.splitlines()[-1]) as archive:
        names = [one.name.partition("/")[2] for one in archive if one.isfile()]
    packed = {name for name in names if ".egg-info/" not in name}
    assert packed == here | {"PKG-INFO"}
