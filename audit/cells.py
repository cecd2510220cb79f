"""Cells that a spreadsheet must not calculate (security.md 27).

A text that begins like a formula, also after blanks or quotes, gets an apostrophe before it. An
E.164 number may keep its plus. XLSX needs no guard: its cells are written as strings.
"""

import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
# What spreadsheets take for the beginning of a formula, full-width forms included.
STARTERS = "=+\\-@\t\r\n\x00＝＋－＠"
FORMULA = re.compile(rf"[\s\"'\N{{NO-BREAK SPACE}}]*[{STARTERS}]")


def guarded(text: str) -> str:
    """``text`` as it may stand in a CSV cell."""
    return f"'{text}" if is_formula(text) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given: our own exports read back unchanged."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def is_formula(text: str) -> bool:
    return bool(FORMULA.match(text)) and not E164.match(text)


def guarded_sql(expression: str) -> str:
    """The guard as a PostgreSQL expression over ``expression``, for rows that COPY writes.

    NUL is no character of PostgreSQL's text, so the pattern leaves it out.
    """
    starters = "=+@\\t\\r\\n＝＋－＠-"
    return (
        f"CASE WHEN {expression} ~ E'^[[:space:]\\u00a0\"'']*[{starters}]' "
        f"AND {expression} !~ E'^\\\\+[1-9][0-9]{{6,14}}$' "
        f"THEN '''' || {expression} ELSE {expression} END"
    ).replace("%", "%%")
