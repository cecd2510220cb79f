"""The command line as an outsider meets it, who knows the design and reads no code of the house.

Files go in, and what is looked at is what the outsider can see: the counts, the rejects file, the
exported list, and what the register then says of a person.
"""
