"""The capabilities of a store, as a value that is kept in its manifest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The abilities that a store showed when it was tried; False is also what it refuses."""

    #: Of several who create an object at once one wins (`If-None-Match`, RFC 9110 section 13.1).
    conditional_create: bool
    #: Of several who replace an object at once one wins; who expects another version is refused (`If-Match`).
    conditional_replace: bool
    #: It refuses bytes that are not those of their checksum; it is sent none otherwise.
    checksums: bool
    #: It gives parts of objects.
    ranges: bool
    #: It joins parts to an object.
    multipart: bool
    #: It copies inside itself.
    copy: bool
    #: It joins ranges of other objects with parts that are sent.
    copy_ranges: bool
    #: It copies only the version that is meant, of an object or of a range of it.
    copy_conditions: bool
    #: It keeps our digest, the type and the caching of an object.
    metadata: bool
    #: It lists sizes and times.
    listing: bool

    @property
    def conditional_writes(self) -> bool:
        """True if the store itself tells two publishes at once apart."""
        return self.conditional_create and self.conditional_replace

    def __and__(self, other: Capabilities) -> Capabilities:
        """Return what two stores can do both."""
        return capabilities_of(set(self.names) & set(other.names))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what it can do, in the order of the fields."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of trying a store."""

    capabilities: Capabilities
    #: By capability that it lacks: what it refused, and in which words. Nothing of what it ignores or does wrong.
    refusals: Mapping[str, str] = field(default_factory=dict)


def capabilities_of(names: Collection[str]) -> Capabilities:
    """Return the capabilities of these names; unknown names are left out."""
    return Capabilities(**{one.name: one.name in names for one in fields(Capabilities)})


#: Of a store that lacks nothing.
ALL = capabilities_of([one.name for one in fields(Capabilities)])
