"""Files that come in, as rows of text: CSV, spreadsheets and archives, within limits.

Nothing here knows what a row means: consents and every register read their files by it.
"""
