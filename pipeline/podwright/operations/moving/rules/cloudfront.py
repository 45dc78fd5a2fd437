"""A function of CloudFront with its key-value store.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, split_by

#: Bytes of a key and its value together.
_LONGEST = 1024
_FUNCTION = """\
// Runtime 2.0, at viewer request; associate the key-value store that podwright-moved.json was imported into.
import cf from 'cloudfront';

const moved = cf.kvs();

async function handler(event) {
  try {
    const location = await moved.get(event.request.uri);
    return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: location } } };
  } catch (error) {
    return event.request;
  }
}
"""


def render(moves: Sequence[Moved]) -> Rules:
    """Return the function and the data that it looks into."""
    kept, left = split_by(moves, longest=_LONGEST)
    data = {"data": [{"key": move.escaped_path, "value": move.target} for move in kept]}
    return Rules(
        files={"podwright-moved.js": _FUNCTION, "podwright-moved.json": json.dumps(data, indent=1) + "\n"},
        left=tuple(left),
    )
