"""A house of the size asked for, written by the database itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from audit.sql import is_postgresql, new_uuid
from consents.choices import SourceKind
from consents.models import ConsentWording, LeadSource, NamedController, SourceWording
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import ProcessingActivity, Purpose
from processors.models import Organisation
from screening.question import Question, ask

Say = Callable[[str], Any]
DEFAULT_ROWS = {"postgresql": 1_000_000, "sqlite": 200_000}
SINCE = datetime(2024, 12, 1, tzinfo=UTC)


def house(rows: int) -> Question:
    """A question about a house of ``rows`` people, each of whom consented once."""
    centre = Organisation.objects.create(slug="bench", name="Bench", is_own=True)
    activity = ProcessingActivity.objects.create(number=1, controller=centre)
    purpose = Purpose.objects.create(
        slug="bench",
        activity=activity,
        basis=Basis.CONSENT,
        campaign=Campaign.OFFER,
        nature=Nature.COMMERCIAL,
        active_from=SINCE,
    )
    source = LeadSource.objects.create(slug="bench", controller=centre, kind=SourceKind.OWN_FORM)
    wording = ConsentWording.objects.create(
        purpose=purpose, channel=Channel.VOICE, language="pl", version=1, regime=Regime.PKE398
    )
    NamedController.objects.create(wording=wording, organisation=centre)
    SourceWording.objects.create(source=source, wording=wording, shown_from=SINCE)
    for sql in _people(centre.pk, purpose.pk, source.pk, wording.pk):
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("{rows}", str(rows)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ask(purpose, Channel.VOICE)


def _people(centre: int, purpose: int, source: int, wording: int) -> list[str]:
    """One in ten withdrew, one in a hundred objected, is suppressed, or came from a partner too."""
    if is_postgresql():
        numbers = "WITH numbers AS (SELECT n FROM generate_series(1, {rows}) n)"
    else:
        numbers = (
            "WITH RECURSIVE numbers(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})"
        )
    now, uuid = f"'{SINCE:%Y-%m-%d %H:%M:%S}'", new_uuid()
    phone = "'+48' || (600000000 + n)"
    digest = "'digest' || n"
    act = f"{uuid}, {now}, '', 'import', ''"
    return [
        "INSERT INTO consents_datasubject (id, uuid, created_at, updated_at, controller_id, kind, "
        f"first_name, last_name, company_name, external_id) {numbers} SELECT n, {uuid}, {now}, "
        f"{now}, {centre}, 'person', 'Żaneta', 'Kowalska-Nowak', '', 'CRM' || n FROM numbers",
        "INSERT INTO consents_contactpoint (id, uuid, created_at, updated_at, controller_id, "
        f"subject_id, kind, value, key, hmac, retired_for) {numbers} SELECT n, {uuid}, {now}, "
        f"{now}, {centre}, n, 'phone', {phone}, {phone}, {digest}, '' FROM numbers",
        "INSERT INTO consents_acquisition (id, uuid, created_at, updated_at, contact_point_id, "
        f"source_id, obtained_on, informed_how) {numbers} SELECT n, {uuid}, {now}, {now}, n, "
        f"{source}, '2024-12-01', '' FROM numbers",
        "INSERT INTO consents_consentevent (id, uuid, recorded_at, recorded_name, way, reason, "
        "contact_point_id, purpose_id, channel, kind, occurred_at, own_time, giver, method, "
        f"wording_id, source_id, needs_confirmation, evidence_id, evidence_sha256) {numbers} "
        f"SELECT n, {act}, n, {purpose}, 'voice', CASE WHEN n % 10 = 0 THEN 'withdrawn' "
        f"ELSE 'given' END, {now}, TRUE, 'user', 'form', {wording}, {source}, FALSE, 1, '' "
        "FROM numbers",
        "INSERT INTO consents_consent (id, uuid, contact_point_id, purpose_id, channel, state, "
        "since, event_id, last_occurred_at, last_recorded_at) SELECT e.id, "
        f"{uuid}, contact_point_id, purpose_id, channel, kind, occurred_at, e.id, occurred_at, "
        "recorded_at FROM consents_consentevent e",
        "INSERT INTO consents_restriction (id, uuid, recorded_at, recorded_name, way, reason, "
        f"contact_point_id, kind, effective_at, evidence_sha256) {numbers} SELECT n, {act}, n, "
        f"'objection', {now}, '' FROM numbers WHERE n % 100 = 1",
        "INSERT INTO consents_suppression (id, uuid, recorded_at, recorded_name, way, reason, "
        f"controller_id, hmac, scope, origin) {numbers} SELECT n, {act}, {centre}, {digest}, "
        "'all', 'do_not_call' FROM numbers WHERE n % 100 = 2",
    ]
