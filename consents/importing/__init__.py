"""Files that other systems export, read into the register (formats.md of the design).

``reading`` turns a file into rows of text, ``presets`` and ``mapping`` say what its columns mean,
``rows`` interprets one row, ``staging`` keeps what was read until somebody has looked at it, and
``applying`` records it.
"""
