"""The feed as clients follow it."""
