"""The temporary tables of a chunk.

``import_contact`` holds the chunk's contacts with what they resolve to, ``import_key`` those that
are new, ``import_said`` what the rows say, ``import_told`` what was told before, ``import_act``
what is said and whether it is ``fresh``, ``import_got`` and ``import_confirmed`` new acquisitions
and confirmations, ``import_proof`` evidence of single rows.
"""

TABLES = {
    "import_contact": """
        position BIGINT, ordinal BIGINT, line BIGINT, member TEXT, kind TEXT, value TEXT, key TEXT,
        hmac TEXT, stranger BOOLEAN, first_name TEXT, last_name TEXT, company TEXT,
        external_id TEXT, ip TEXT, point_id BIGINT, subject_id BIGINT,
        known BOOLEAN, past BOOLEAN, made BOOLEAN""",
    "import_key": """
        kind TEXT, key TEXT, position BIGINT, ordinal BIGINT, point_id BIGINT, subject_id BIGINT""",
    "import_said": """
        position BIGINT, ordinal BIGINT, kind TEXT, channel TEXT, purpose_id BIGINT, at {instant},
        own_time BOOLEAN, needs_confirmation BOOLEAN, confirmed_at {instant}, until {instant},
        point_id BIGINT, hmac TEXT, line BIGINT, member TEXT, known BOOLEAN, telling BIGINT""",
    "import_told": """
        point_id BIGINT, purpose_id BIGINT, channel TEXT, kind TEXT, at {instant}, own_time BOOLEAN,
        asks BIGINT, ends {instant}""",
    "import_act": """
        position BIGINT, ordinal BIGINT, kind TEXT, channel TEXT, purpose_id BIGINT, at {instant},
        own_time BOOLEAN, needs_confirmation BOOLEAN, confirmed_at {instant}, until {instant},
        point_id BIGINT, hmac TEXT, line BIGINT, member TEXT, known BOOLEAN, fresh BOOLEAN""",
    "import_got": "id BIGINT, point_id BIGINT, position BIGINT",
    "import_confirmed": "position BIGINT, ordinal BIGINT, about_id BIGINT",
    "import_proof": "position BIGINT, member TEXT, evidence_id BIGINT, sha256 TEXT",
}
INDEXES = {
    "import_contact": "position, ordinal",
    "import_key": "key, kind",
    "import_told": "point_id, purpose_id, channel, kind, at",
    "import_act": "position, ordinal",
    "import_confirmed": "position",
    "import_proof": "position",
}
# What a whole file says of a contact or of a suppressed number is looked up before it is recorded.
LOOKED_UP = {
    "import_act_of_contact": "import_act (point_id)",
    "import_act_suppressing": "import_act (hmac) WHERE kind = 'suppressed'",
}
