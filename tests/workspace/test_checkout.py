"""The commit that a workspace is at, however git keeps it, and whether another came after it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from podwright.workspace.checkout import observe_checkout
from tests.support.git import git


def commit(root: Path, text: str) -> str:
    (root / "episode.md").write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-gpg-sign", "-m", f"{text}\n\n{'A long message that packs well. ' * 20}")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture(params=["sha1", "sha256"])
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", f"--object-format={request.param}")
    return root


def packed(root: Path) -> Path:
    # As differences, over and over, of commits as well.
    git(root, "repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50")
    git(root, "pack-refs", "--all")
    return root


def worktree(root: Path) -> Path:
    git(root, "worktree", "add", "-q", "--detach", str(root.parent / "worktree"))
    return root.parent / "worktree"


def below(root: Path) -> Path:
    (root / "shows/one").mkdir(parents=True)
    return root / "shows/one"


@pytest.mark.parametrize("kept", [lambda root: root, packed, worktree, below], ids=["loose", "packed", "tree", "below"])
def test_a_commit_is_behind_those_that_came_after_it(repository: Path, kept: Callable[[Path], Path]) -> None:
    commits = [commit(repository, str(number)) for number in range(30)]
    git(repository, "checkout", "-q", "-b", "aside", commits[10])
    aside = commit(repository, "aside")
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-gpg-sign", "-s", "ours", "aside", "-m", "joined")
    joined = git(repository, "rev-parse", "HEAD")
    root = kept(repository)
    for at in (0, 10, 29):
        git(root, "checkout", "-q", commits[at])
        here = observe_checkout(root)
        assert here is not None
        assert here.commit == commits[at]
        assert [here.is_behind(other) for other in commits] == [number > at for number in range(30)]
        assert here.is_behind(joined)
        assert here.is_behind(aside) is (at <= 10)
    git(root, "checkout", "-q", "aside")
    here = observe_checkout(root)
    assert here is not None
    assert here.commit == aside
    assert [here.is_behind(other) for other in (*commits, joined)] == [False] * 30 + [True]


def test_what_is_no_repository_or_a_damaged_one_is_not_known(repository: Path) -> None:
    first, second = commit(repository, "first"), commit(repository, "second")
    git(repository, "checkout", "-q", first)
    here = observe_checkout(repository)
    assert here is not None
    assert here.is_behind(second)
    assert not here.is_behind("0" * len(second)), "what was not fetched"
    loose = repository / ".git/objects" / second[:2] / second[2:]
    loose.chmod(0o600)
    loose.write_bytes(loose.read_bytes()[:20])
    assert not here.is_behind(second)
    (repository / ".git/HEAD").write_text("ref: refs/heads/nowhere\n")
    assert observe_checkout(repository) is None
    shutil.rmtree(repository / ".git")
    (repository / ".git").write_text("gitdir: /nowhere\n")
    assert observe_checkout(repository) is None


def test_a_damaged_pack_is_not_known(repository: Path) -> None:
    commits = [commit(packed(repository) if number == 20 else repository, str(number)) for number in range(21)]
    git(repository, "checkout", "-q", commits[0])
    (index,) = packed(repository).glob(".git/objects/pack/*.idx")
    depths = [
        line.split()[5]
        for line in git(repository, "verify-pack", "-v", str(index)).splitlines()
        if " commit " in line and len(line.split()) > 5
    ]
    assert depths, "no commit is stored as a difference"
    here = observe_checkout(repository)
    assert here is not None
    assert here.is_behind(commits[-1])
    chance = random.Random(1)
    for path in repository.glob(".git/objects/pack/pack-*"):
        path.chmod(0o600)
        whole = path.read_bytes()
        for _ in range(200):
            data = bytearray(whole)
            for _ in range(3):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path.write_bytes(data)
            assert here.is_behind(commits[-1]) in (True, False)
        path.write_bytes(whole)
    for path in repository.glob(".git/objects/pack/pack-*"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    assert not here.is_behind(commits[-1])
