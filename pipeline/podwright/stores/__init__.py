"""The places where a podcast is published: the contract of a store, and the stores that keep it.

What an object means is not known here: a store has keys, bytes, headers and versions. `ledger` alone says what was
published.
"""

from podwright.stores.contract import Advance, Read, Store, Stored, check_key, printable
from podwright.stores.optional import (
    CORS,
    CorsRule,
    Upload,
    abort_upload,
    adapted,
    apply_cors,
    is_to_be_tried,
    observe_capabilities,
    observe_cors,
    observe_time,
    observe_trial,
    observe_uploads,
    own_address,
    presign,
    settle,
    skew_of,
)
from podwright.stores.schemes import SCHEMES, open_store

__all__ = [
    "CORS",
    "SCHEMES",
    "Advance",
    "CorsRule",
    "Read",
    "Store",
    "Stored",
    "Upload",
    "abort_upload",
    "adapted",
    "apply_cors",
    "check_key",
    "is_to_be_tried",
    "observe_capabilities",
    "observe_cors",
    "observe_time",
    "observe_trial",
    "observe_uploads",
    "open_store",
    "own_address",
    "presign",
    "printable",
    "settle",
    "skew_of",
]
