"""Dial lists: a file of any shape, one column of it the contact, and the verdict on each row.

Rows keep their number, their order and their cells; the answer stands in columns after them.
"""
