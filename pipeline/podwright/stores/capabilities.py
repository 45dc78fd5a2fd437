"""What a store was found to be able to do, as a value that is kept in its manifest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a store did when it was tried; False is also what it refuses.

    conditional_create and conditional_replace: of several who write at once one wins, and who expects another version
    is refused (RFC 9110 section 13.1). checksums: it refuses bytes that are not those of their SHA-256. ranges: it
    gives parts of objects. multipart: it joins parts. copy: it copies inside itself. copy_ranges: it joins ranges of
    other objects with parts that are sent. copy_conditions: it copies only the version that is meant. metadata: it
    keeps our digest, the type and the caching of an object. listing: it lists sizes and times.
    """

    conditional_create: bool
    conditional_replace: bool
    checksums: bool
    ranges: bool
    multipart: bool
    copy: bool
    copy_ranges: bool
    copy_conditions: bool
    metadata: bool
    listing: bool

    @property
    def conditional_writes(self) -> bool:
        """Whether two publishes at once can be told apart by the store itself."""
        return self.conditional_create and self.conditional_replace

    @property
    def names(self) -> tuple[str, ...]:
        """What it is able to do, in the order of the fields."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name))


def capabilities_of(names: Collection[str]) -> Capabilities:
    """The inverse of `Capabilities.names`; what is not known here is left out."""
    return Capabilities(**{one.name: one.name in names for one in fields(Capabilities)})


#: Of a store that lacks nothing.
ALL = capabilities_of([one.name for one in fields(Capabilities)])
