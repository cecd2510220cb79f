"""Receipts of consents: machine-readable proof for the person (ISO/IEC TS 27560, W3C DPV 2.3)."""

from consents.receipts.receipt import receipt_of

__all__ = ["receipt_of"]
