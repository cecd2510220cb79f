"""The statements of a chunk, the same on both databases.

Names in braces stand for what differs between the two or between a chunk that is recorded and one
that is foreseen; values are parameters. A plus before a column keeps SQLite from choosing its
index: without statistics it takes one that finds half of the table.
"""
