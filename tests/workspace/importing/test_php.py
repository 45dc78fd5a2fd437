"""Values that PHP serialised, as exports of WordPress have them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.core.errors import FormatError
from podwright.workspace.importing.php import Value, unserialize

values: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def serialize(value: Value) -> bytes:
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, str):
        data = value.encode()
        return b's:%d:"%s";' % (len(data), data)
    assert isinstance(value, dict)
    inner = b"".join(serialize(key) + serialize(one) for key, one in value.items())
    return b"a:%d:{%s}" % (len(value), inner)


@given(values)
def test_what_was_serialised_comes_back(value: Value) -> None:
    assert unserialize(serialize(value)) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'a:2:{s:8:"duration";s:8:"00:31:02";i:0;d:1.5;}', {"duration": "00:31:02", "0": 1.5}),
        pytest.param(
            b'a:2:{s:3:"url";s:9:"https://new.example.org/a.mp3";s:1:"x";s:9:"a "quote";";}',
            {"url": "https://new.example.org/a.mp3", "x": 'a "quote";'},
            id="lengths of before an address was replaced",
        ),
    ],
)
def test_what_plugins_wrote_is_read(data: bytes, value: Value) -> None:
    assert unserialize(data) == value


@given(st.binary(max_size=60) | st.builds(lambda value, cut: serialize(value)[:cut], values, st.integers(0, 40)))
def test_what_is_none_is_refused_and_never_run(data: bytes) -> None:
    with suppress(FormatError):
        assert not isinstance(unserialize(data), bytes)


@pytest.mark.parametrize("data", [b"", b'O:8:"stdClass":0:{}', b"a:999999999:{", b"i:x;", b"a:1:{" * 40])
def test_objects_and_bombs_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        unserialize(data)
