"""A short life of a show under faults and kills; `python -m benchmarks.soak` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.faults.children import Children
from tests.faults.places import Bucket
from tests.faults.proxy import running_proxy
from tests.faults.soak import Ordeal, Soak
from tests.support.seaweed import Seaweed

ORDEALS = [(True, False), (False, True), (True, True), (False, False)]


def test_a_show_that_is_edited_and_published_under_faults_and_kills_stays_whole(
    tmp_path: Path, seaweed: Seaweed, bucket: str
) -> None:
    seaweed.make_public(bucket, except_prefix="show/private/")
    with running_proxy(seaweed) as proxy, Children() as children:
        soak = Soak(tmp_path, Bucket(seaweed, bucket, "show"), proxy, children, seed=2)
        for faulty, doomed in ORDEALS:
            soak.edit()
            soak.publish(Ordeal(faulty=faulty, doomed=doomed))
        assert soak.counts.ended["done"]
        assert proxy.injected
        soak.check_whole()
        soak.verify()
