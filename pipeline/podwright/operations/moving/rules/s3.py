"""The website endpoint of S3 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html).

No other endpoint redirects: neither the REST endpoint, nor a CDN that reads by it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from podwright.operations.moving.types import Moved, Rules, split_by

#: Bytes of a redirect that an object may carry.
_LONGEST = 2048
_HEAD = """\
#!/bin/sh
# Usage: sh podwright-moved.sh BUCKET. Makes each old object a redirect, which the website endpoint alone follows; the
# objects' bytes are replaced, so keep a copy of what is needed.
set -eu
"""


def render(moves: Sequence[Moved]) -> Rules:
    """Return a command for each object."""
    kept, left = split_by((move for move in moves if move.path != "/"), longest=_LONGEST)
    left += [move for move in moves if move.path == "/"]
    lines = (
        f'aws s3api put-object --bucket "$1" --key {shlex.quote(move.path.removeprefix("/"))}'
        f" --website-redirect-location {shlex.quote(move.target)} > /dev/null\n"
        for move in kept
    )
    return Rules(files={"podwright-moved.sh": _HEAD + "".join(lines)}, left=tuple(left))
