"""Notices to others: of how runs end (ping, webhook, e-mail), and of what was published (`after`, a file a kind)."""

from __future__ import annotations

from podwright.operations.notify.delivery import Delivery, DeliveryError, Notice, Pace, Sending, deliver_all

__all__ = ["Delivery", "DeliveryError", "Notice", "Pace", "Sending", "deliver_all"]
