"""The sample show, published to a bucket that apps read over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.core.model import Overrides
from tests.support.published import Place
from tests.support.seaweed import REGION, Seaweed


@pytest.fixture
def place(sample: Path, bucket: str, seaweed: Seaweed) -> Place:
    base = f"{seaweed.endpoint_url}/{bucket}/"
    overrides = Overrides(storage=f"s3://{bucket}", public_url=base, endpoint_url=seaweed.endpoint_url, region=REGION)
    return Place(sample, overrides, base)
