"""Value blocks: who is paid, and for which stretch."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inspection.rules import sources
from podwright.inspection.rules.types import INDEX, Rule, each_node
from podwright.inspection.rules.view import Node, nested


def _nobody_paid(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        shares = [one.get("split", "") for one in nested(element, "podcast:valueRecipient")]
        if not any(share.isdecimal() and int(share) for share in shares):
            yield "podcast:value gives nobody a share; add a podcast:valueRecipient with a split above 0"


def _split_content(node: Node) -> Iterator[str]:
    for element in node.every("podcast:value"):
        for split in nested(element, "podcast:valueTimeSplit"):
            remote = len(nested(split, "podcast:remoteItem"))
            local = len(nested(split, "podcast:valueRecipient"))
            if (remote, bool(local)) not in ((1, False), (0, True)):
                yield "podcast:valueTimeSplit does not hold either recipients or one podcast:remoteItem; correct it"


RULES = (
    Rule(
        "value-shares",
        "error",
        (INDEX,),
        sources.podcast_tag("value"),
        "A value block gives somebody a share.",
        each_node(_nobody_paid),
    ),
    Rule(
        "value-split",
        "error",
        (INDEX,),
        sources.podcast_tag("value-time-split"),
        "A time split holds recipients, or one remote item.",
        each_node(_split_content),
    ),
)
