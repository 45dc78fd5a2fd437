"""Telling others: one file a kind of notice, a common type, and one way to send them all."""

from __future__ import annotations

from podwright.operations.notify.delivery import deliver_all
from podwright.operations.notify.types import Delivery, DeliveryError, Notice, Pace, Sending

__all__ = ["Delivery", "DeliveryError", "Notice", "Pace", "Sending", "deliver_all"]
