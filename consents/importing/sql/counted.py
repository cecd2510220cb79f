"""What the chunk did, or would do, in numbers."""

# A standing objection, do-not-contact or suppression in whose scope the give is.
STANDING = """
OR EXISTS (
        SELECT 1 FROM consents_contactpoint o
        JOIN consents_restriction r ON r.contact_point_id = o.id
        WHERE o.subject_id = p.subject_id
          AND (o.id = p.id OR (r.kind IN ('objection', 'objection_purpose') AND r.channel IS NULL))
          AND (r.kind = 'do_not_contact' OR r.kind = 'objection_purpose'
               OR (r.kind = 'objection' AND u.nature = 'commercial'))
          AND (r.channel IS NULL OR r.channel = a.channel)
          AND (r.purpose_id IS NULL OR r.purpose_id = a.purpose_id)
          AND (r.until IS NULL OR r.until > %(now)s) AND +r.lifts_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM consents_restriction l WHERE l.lifts_id = r.id))
    OR EXISTS (
        SELECT 1 FROM consents_suppression x
        WHERE x.hmac = p.hmac AND +x.controller_id = %(controller)s
          AND (x.channel IS NULL OR x.channel = a.channel)
          AND (x.scope = 'all' OR u.nature = 'commercial')
          AND (x.until IS NULL OR x.until > %(now)s) AND +x.lifts_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM consents_suppression l WHERE l.lifts_id = x.id))
"""
# Gives that were recorded and do not count, because a no stands.
PROTECTED = """
SELECT COUNT(*) FROM import_act a
JOIN consents_contactpoint p ON p.id = a.point_id
JOIN processing_purpose u ON u.id = a.purpose_id
LEFT JOIN consents_consent s ON s.contact_point_id = a.point_id AND s.purpose_id = a.purpose_id
                            AND s.channel = a.channel
WHERE a.fresh AND a.kind = 'given' AND (
    s.state IN ('refused', 'withdrawn')
    {standing})
"""
# The same before anything is recorded: what the file itself says counts too.
PROTECTED_THEN = """
SELECT COUNT(*) FROM import_act a
JOIN processing_purpose u ON u.id = a.purpose_id
LEFT JOIN consents_contactpoint p ON p.id = a.point_id
LEFT JOIN consents_consent s ON s.contact_point_id = a.point_id AND s.purpose_id = a.purpose_id
                            AND s.channel = a.channel
WHERE a.fresh AND a.kind = 'given' AND (
    (s.state IN ('refused', 'withdrawn') AND (NOT a.own_time OR s.since >= a.at))
    OR EXISTS (
        SELECT 1 FROM import_act n WHERE n.point_id = a.point_id AND (
            (n.kind IN ('refused', 'withdrawn') AND n.purpose_id = a.purpose_id
             AND n.channel = a.channel AND (NOT a.own_time OR n.at >= a.at))
            OR (n.kind IN ('do_not_contact', 'objection_purpose', 'objection')
                AND (n.kind <> 'objection' OR u.nature = 'commercial')
                AND n.channel IN ('', a.channel)
                AND (n.purpose_id IS NULL OR n.purpose_id = a.purpose_id))))
    OR EXISTS (SELECT 1 FROM import_act n WHERE n.kind = 'suppressed' AND n.hmac = a.hmac
               AND n.channel = a.channel)
    {standing})
"""
CONFIRMED_THEN = """
SELECT COUNT(*) FROM (
    SELECT DISTINCT a.point_id, a.purpose_id, a.channel, a.at, a.own_time, a.confirmed_at
    FROM import_act a
    WHERE a.kind = 'given' AND a.confirmed_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM consents_consentevent g
        JOIN consents_consentevent x ON x.about_id = g.id
        WHERE g.contact_point_id = a.point_id AND g.purpose_id = a.purpose_id
          AND g.channel = a.channel AND g.kind = 'given' AND g.occurred_at = a.at
          AND g.own_time = a.own_time AND +g.source_id = %(source)s
          AND x.kind = 'confirmed' AND x.occurred_at = a.confirmed_at)
) c
"""
# Rows of the file, and those of them that tell something new.
OUTCOME = """
SELECT COUNT(*), COUNT(told.position) FROM import_contact c
LEFT JOIN (
    SELECT position FROM import_act WHERE fresh UNION SELECT position FROM import_confirmed
    UNION SELECT position FROM import_key UNION SELECT position FROM import_got
) told ON told.position = c.position
WHERE c.ordinal = 0
"""
