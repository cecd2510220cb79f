"""What the rows say, and which of it was not told before."""

SAYING = """
SELECT said.*, ROW_NUMBER() OVER (
    PARTITION BY kind, point_id, purpose_id, channel, at, own_time, needs_confirmation, until,
                 CASE WHEN kind = 'suppressed' THEN hmac END
    ORDER BY position, ordinal
) AS telling
FROM (
    SELECT a.position, a.ordinal, a.kind, a.channel, a.purpose AS purpose_id, a.at, a.own_time,
           a.needs_confirmation, a.confirmed_at, a.until, {home} AS point_id, c.hmac, c.line,
           c.member, {known} AS known
    FROM consents_stagedact a
    JOIN import_contact c ON c.position = a.position AND c.ordinal = a.ordinal
    WHERE a.upload_id = %(upload)s AND a.position > %(after)s AND a.position <= %(through)s
) said
"""
HOME = """
COALESCE((SELECT r.id FROM consents_contactpoint r WHERE r.key = c.key AND r.kind = c.kind
          AND r.controller_id = %(controller)s AND r.retired_at > a.at AND NOT c.stranger
          ORDER BY r.retired_at LIMIT 1), c.point_id)
"""
# The acts of these contacts that were told before; for our own export, by any source.
TOLD = """
INSERT INTO import_told
SELECT e.contact_point_id, e.purpose_id, e.channel, e.kind, e.occurred_at, {own_time},
       MAX(CASE WHEN e.needs_confirmation THEN 1 ELSE 0 END),
       MIN(COALESCE(e.valid_until, {never}))
FROM (SELECT DISTINCT point_id FROM import_said WHERE known) k
JOIN consents_consentevent e ON e.contact_point_id = k.point_id
WHERE e.kind IN ('given', 'refused', 'withdrawn') {of_source}
GROUP BY e.contact_point_id, e.purpose_id, e.channel, e.kind, e.occurred_at {by_time}
"""
# A later telling of an act is fresh only if it asks for confirmation or ends sooner.
FRESH = """
INSERT INTO import_act
SELECT s.position, s.ordinal, s.kind, s.channel, s.purpose_id, s.at, s.own_time,
       s.needs_confirmation, s.confirmed_at, s.until, s.point_id, s.hmac, s.line, s.member, s.known,
       s.telling = 1 AND CASE
           WHEN s.kind = 'suppressed' THEN NOT EXISTS (
               SELECT 1 FROM consents_suppression x
               WHERE x.hmac = s.hmac AND +x.controller_id = %(controller)s
                 AND COALESCE(x.channel, '') = s.channel AND x.scope = %(scope)s
                 AND x.origin = %(origin)s
                 AND COALESCE(x.until, {never}) = COALESCE(s.until, {never})
                 AND +x.lifts_id IS NULL)
           WHEN s.kind NOT IN ('given', 'refused', 'withdrawn') THEN NOT s.known OR NOT EXISTS (
               SELECT 1 FROM consents_restriction x
               WHERE x.contact_point_id = s.point_id AND x.kind = s.kind
                 AND COALESCE(x.channel, '') = s.channel
                 AND COALESCE(x.purpose_id, 0) = COALESCE(s.purpose_id, 0)
                 AND x.effective_at = s.at AND +x.source_id = %(source)s AND +x.lifts_id IS NULL)
           ELSE t.ends IS NULL OR {adds}
       END
FROM {said} s
LEFT JOIN import_told t ON t.point_id = s.point_id AND t.purpose_id = s.purpose_id
    AND t.channel = s.channel AND t.kind = s.kind AND t.at = s.at {same_time}
"""
