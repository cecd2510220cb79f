"""Whose the rows are: contacts and people found, made anew or left out."""

LOAD = """
INSERT INTO import_contact
SELECT c.position, c.ordinal, c.line, c.member, c.kind, c.value, c.key, c.hmac, c.stranger,
       c.first_name, c.last_name, c.company, c.external_id, c.ip, p.id, p.subject_id,
       p.id IS NOT NULL, FALSE, FALSE
FROM consents_stagedcontact c
LEFT JOIN consents_contactpoint p
  ON NOT c.stranger AND p.key = c.key AND p.kind = c.kind AND p.controller_id = %(controller)s
 AND p.retired_at IS NULL
WHERE c.upload_id = %(upload)s AND c.position > %(after)s AND c.position <= %(through)s
"""
# Erasure alone keeps a row out of the register; a list of strangers may hold the number again.
ERASED = """
SELECT DISTINCT c.position FROM import_contact c
JOIN consents_suppression s ON s.hmac = c.hmac
WHERE NOT c.stranger AND +s.controller_id = %(controller)s AND s.origin = 'erasure'
  AND +s.lifts_id IS NULL AND (s.until IS NULL OR s.until > %(now)s)
  AND NOT EXISTS (SELECT 1 FROM consents_suppression l WHERE l.lifts_id = s.id)
"""
REJECT = """
INSERT INTO consents_stagedreject (upload_id, line, member, {column}, value, reason)
SELECT %(upload)s, line, member, '', '', 'erased' FROM import_contact
WHERE ordinal = 0 AND position IN ({positions})
"""
RETIRED = """
SELECT 1 FROM import_contact c WHERE NOT c.stranger AND EXISTS (
    SELECT 1 FROM consents_contactpoint r
    WHERE r.key = c.key AND r.kind = c.kind AND r.controller_id = %(controller)s
      AND r.retired_at IS NOT NULL
) LIMIT 1
"""
# Contacts of whom the file tells only what happened before they were retired are not made anew.
PAST = """
UPDATE import_contact SET past = TRUE, subject_id = r.subject_id
FROM (
    SELECT c.position, c.ordinal, MAX(r.retired_at) AS retired_at, MAX(r.subject_id) AS subject_id
    FROM import_contact c
    JOIN consents_contactpoint r ON r.key = c.key AND r.kind = c.kind
    WHERE r.controller_id = %(controller)s AND r.retired_at IS NOT NULL AND c.point_id IS NULL
      AND NOT c.stranger
    GROUP BY c.position, c.ordinal
) r
WHERE import_contact.position = r.position AND import_contact.ordinal = r.ordinal
  AND EXISTS ({acts}) AND NOT EXISTS ({acts} AND a.at >= r.retired_at)
"""
ACTS_OF_CONTACT = """
    SELECT 1 FROM consents_stagedact a WHERE a.upload_id = %(upload)s
      AND a.position = import_contact.position AND a.ordinal = import_contact.ordinal
"""
# A row belongs to the person of its first contact: a new first contact makes a new person.
NEW_KEYS = """
INSERT INTO import_key
SELECT kind, key, place / 1024, place %% 1024, {new_point},
       CASE WHEN place %% 1024 = 0 THEN {new_person} END
FROM (
    SELECT kind, key, MIN(position * 1024 + ordinal) AS place FROM import_contact
    WHERE point_id IS NULL AND NOT stranger AND NOT past GROUP BY kind, key
) k
"""
POINTED = """
UPDATE import_contact SET point_id = k.point_id,
    subject_id = COALESCE(import_contact.subject_id, k.subject_id),
    made = k.subject_id IS NOT NULL AND k.position = import_contact.position
           AND k.ordinal = import_contact.ordinal
FROM import_key k
WHERE k.kind = import_contact.kind AND k.key = import_contact.key
  AND import_contact.point_id IS NULL AND NOT import_contact.stranger
"""
HOMELESS = """
SELECT 1 FROM import_contact WHERE ordinal = 0 AND subject_id IS NULL AND NOT stranger LIMIT 1
"""
# Its first contact is also in an earlier row of this chunk: the same person.
SAME_PEOPLE = """
UPDATE import_contact SET subject_id = r.subject_id
FROM import_key k
JOIN import_contact r ON r.position = k.position AND r.ordinal = 0
WHERE k.kind = import_contact.kind AND k.key = import_contact.key AND r.subject_id IS NOT NULL
  AND import_contact.ordinal = 0 AND import_contact.subject_id IS NULL
  AND NOT import_contact.stranger
"""
MAKE_PEOPLE = """
INSERT INTO consents_datasubject (id, uuid, created_at, updated_at, controller_id, kind, first_name,
                                  last_name, company_name, external_id)
SELECT subject_id, {uuid}, %(now)s, %(now)s, %(controller)s, 'person', first_name, last_name,
       company, external_id
FROM import_contact WHERE made
"""
MAKE_POINTS = """
INSERT INTO consents_contactpoint (id, uuid, created_at, updated_at, controller_id, subject_id,
                                   kind, value, key, hmac, retired_for)
SELECT k.point_id, {uuid}, %(now)s, %(now)s, %(controller)s, r.subject_id, c.kind, c.value, c.key,
       c.hmac, ''
FROM import_key k
JOIN import_contact c ON c.position = k.position AND c.ordinal = k.ordinal
JOIN import_contact r ON r.position = k.position AND r.ordinal = 0
ORDER BY c.key, c.kind -- two imports that share new contacts meet in one order
"""
GOT = """
INSERT INTO import_got
SELECT {new_id}, point_id, position FROM (
    SELECT point_id, MIN(position) AS position FROM import_contact
    WHERE point_id IS NOT NULL {only_new} GROUP BY point_id
) c
WHERE NOT EXISTS (SELECT 1 FROM consents_acquisition a
                  WHERE a.contact_point_id = c.point_id AND a.source_id = %(source)s)
"""
ACQUIRE = """
INSERT INTO consents_acquisition (id, uuid, created_at, updated_at, contact_point_id, source_id,
                                  obtained_on, due_on, informed_how)
SELECT id, {uuid}, %(now)s, %(now)s, point_id, %(source)s, CAST(%(obtained_on)s AS {date}),
       CAST(%(due_on)s AS {date}), '' FROM import_got
"""
