"""Signed documents: looked into, stored as they came, handed out, and hashed again."""
