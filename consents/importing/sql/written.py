"""What is recorded of it, with who, when, by which way and on what evidence."""

ACT_COLUMNS = "uuid, recorded_at, recorded_by_id, recorded_name, way, reason, batch"
ACT_VALUES = (
    "{uuid}, %(now)s, {by}, %(name)s, %(way)s, %(reason)s, {batch}"  # who, by which way, why
)
PROOF = """
LEFT JOIN import_proof own ON own.position = a.position
LEFT JOIN import_proof file ON file.position = -1 AND file.member = a.member
"""
PROVED = "COALESCE(own.evidence_id, file.evidence_id), COALESCE(own.sha256, file.sha256), a.line"
EVENTS = f"""
INSERT INTO consents_consentevent ({ACT_COLUMNS}, contact_point_id, purpose_id, channel, kind,
    occurred_at, own_time, giver, method, source_id, needs_confirmation, valid_until,
    evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.purpose_id, a.channel, a.kind, a.at, a.own_time, %(giver)s,
       %(method)s, %(source)s, a.needs_confirmation, a.until, {PROVED}
FROM import_act a {PROOF}
WHERE a.fresh AND a.kind IN ('given', 'refused', 'withdrawn')
ON CONFLICT DO NOTHING
"""  # noqa: S608 (own names only)
CONFIRMED = """
INSERT INTO import_confirmed
SELECT position, ordinal, about_id FROM (
    SELECT a.position, a.ordinal, a.confirmed_at, MIN(g.id) AS about_id,
           ROW_NUMBER() OVER (PARTITION BY MIN(g.id), a.confirmed_at
                              ORDER BY a.position, a.ordinal) AS telling
    FROM import_act a
    JOIN consents_consentevent g
      ON g.contact_point_id = a.point_id AND g.purpose_id = a.purpose_id AND g.channel = a.channel
     AND g.kind = 'given' AND g.occurred_at = a.at AND +g.source_id = %(source)s
     AND g.own_time = a.own_time
    WHERE a.kind = 'given' AND a.confirmed_at IS NOT NULL
    GROUP BY a.position, a.ordinal, a.confirmed_at
) c
WHERE telling = 1 AND NOT EXISTS (
    SELECT 1 FROM consents_consentevent x
    WHERE x.about_id = c.about_id AND x.kind = 'confirmed' AND x.occurred_at = c.confirmed_at)
"""
CONFIRMATIONS = f"""
INSERT INTO consents_consentevent ({ACT_COLUMNS}, contact_point_id, purpose_id, channel, kind,
    occurred_at, own_time, about_id, giver, method, source_id, needs_confirmation,
    evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.purpose_id, a.channel, 'confirmed', a.confirmed_at, TRUE,
       c.about_id, %(giver)s, %(method)s, %(source)s, FALSE, {PROVED}
FROM import_confirmed c
JOIN import_act a ON a.position = c.position AND a.ordinal = c.ordinal AND a.kind = 'given'
 AND a.confirmed_at IS NOT NULL
JOIN consents_consentevent g ON g.id = c.about_id AND g.purpose_id = a.purpose_id
 AND g.channel = a.channel {PROOF}
"""  # noqa: S608
RESTRICTIONS = f"""
INSERT INTO consents_restriction ({ACT_COLUMNS}, contact_point_id, kind, channel, purpose_id,
    effective_at, source_id, evidence_id, evidence_sha256, evidence_line)
SELECT {ACT_VALUES}, a.point_id, a.kind, NULLIF(a.channel, ''), a.purpose_id, a.at, %(source)s,
       {PROVED}
FROM import_act a {PROOF}
WHERE a.fresh AND a.kind NOT IN ('given', 'refused', 'withdrawn', 'suppressed')
ON CONFLICT DO NOTHING
"""  # noqa: S608
SUPPRESSIONS = f"""
INSERT INTO consents_suppression ({ACT_COLUMNS}, controller_id, hmac, channel, scope, origin,
    listed_on, until)
SELECT {ACT_VALUES}, %(controller)s, a.hmac, NULLIF(a.channel, ''), %(scope)s, %(origin)s,
       CAST(%(listed_on)s AS {{date}}), a.until
FROM import_act a WHERE a.fresh AND a.kind = 'suppressed'
ON CONFLICT DO NOTHING
"""  # noqa: S608
