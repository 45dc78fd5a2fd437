"""The spool: what is put in comes out, in memory or from its file, which goes with it."""

from pathlib import Path

from podwright.building.spool import BUDGET, Spool
from podwright.core.artifact import open_body


def test_more_bytes_than_the_budget_are_read_back_from_a_file_that_goes_with_the_spool(tmp_path: Path) -> None:
    pieces = [bytes([n]) * (BUDGET // 3) for n in range(5)]
    with Spool(tmp_path / "build") as spool:
        bodies = [spool.body(piece) for piece in pieces]
        for piece, body in zip(pieces, bodies, strict=True):
            with open_body(body) as reader:
                assert b"".join(iter(lambda: reader.read(1 << 20), b"")) == piece
        assert len(list((tmp_path / "build").iterdir())) == 1
    assert list((tmp_path / "build").iterdir()) == []


def test_few_bytes_touch_no_file(tmp_path: Path) -> None:
    with Spool(tmp_path / "build") as spool:
        assert spool.body(b"small") == (b"small",)
    assert not (tmp_path / "build").exists()
