"""Notices written from the registers: what stands there, in sentences, and what is missing."""
