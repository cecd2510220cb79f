"""The room of consents in the admin, one file per meaning."""

from consents.admin import consents, imports, people, sources, stops, wordings

__all__ = ["consents", "imports", "people", "sources", "stops", "wordings"]
