"""The record of processing activities as a document: on screen, on paper, in a workbook."""

from processing.record.pages import Kind, Page, page_of

__all__ = ["Kind", "Page", "page_of"]
