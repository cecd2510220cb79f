"""The verdict for machines: contacts before they are dialled, and whole dial lists."""
