"""One file a kind of source.

To add one: a module here with its `READER`, and sources of its kind in tests/data/importing.
"""

from __future__ import annotations

import importlib
import pkgutil

from podwright.workspace.importing.types import Reader


def _readers() -> tuple[Reader, ...]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(module.READER for module in modules)


READERS = _readers()
