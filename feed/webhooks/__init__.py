"""What is told to other systems unasked: withdrawals, objections, and who must come off a list.

Messages are queued (``queueing``) while the changes they tell of are numbered, in the same
transaction; their bodies are built (``bodies``) and signed (``signing``) when they are sent
(``sending``), to an address that is looked at first (``addresses``).
"""
