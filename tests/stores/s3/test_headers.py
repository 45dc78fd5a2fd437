"""The headers that an object in a bucket is stored with."""

from __future__ import annotations

from email.message import Message

import pytest

from podwright.stores.s3.put import content_disposition


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Statins.mp3", "Statins.mp3", "Statins.mp3"),
        ("Dr. Müller.mp3", "Dr. M_ller.mp3", "Dr.%20M%C3%BCller.mp3"),
        ('5" \\ 50%.mp3', "5_ _ 50_.mp3", "5%22%20%5C%2050%25.mp3"),
        ("a\r\nb: c.mp3", "a__b: c.mp3", "a%0D%0Ab%3A%20c.mp3"),
    ],
)
def test_a_download_has_its_name_in_ascii_and_in_full(name: str, plain: str, full: str) -> None:
    value = content_disposition(name)
    assert value == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    message = Message()
    message["Content-Disposition"] = f"attachment; filename*=UTF-8''{full}"
    assert message.get_filename() == name
