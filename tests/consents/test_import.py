"""Files recorded: whole rows, told once, in any order, and no no undone."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.reading.errors import Refused
from audit.reconciliation import gaps
from consents.choices import EventKind, EvidenceKind, ImportState, SuppressionOrigin
from consents.contacts import keyed_hmac
from consents.fold import differences
from consents.importing.applying import apply, outcome
from consents.importing.rejects import rejects
from consents.importing.uploads import sweep
from consents.models import (
    Acquisition,
    Consent,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
    Evidence,
    MappingPreset,
    Restriction,
    SourceWording,
    StagedAct,
    StagedContact,
    Suppression,
)
from consents.services import reassign, suppress, withdraw
from tests.consents.files import (
    DEWELOPER,
    EXCEL,
    FLAGS,
    SAMPLES,
    foreseen,
    imported,
    numbers,
    staged,
    states,
    table,
    told,
)
from tests.factories import (
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
    WordingFactory,
)

pytestmark = pytest.mark.django_db
AS_OF = "2026-01-31T12:00"
# What each sample holds, counted by tests/samples/README.md's one-liners, not by the importer.
SAMPLE_COUNTS = [
    (
        "mailchimp_audience_export.zip",
        {},
        {
            "rows": 300,
            "given": 300,
            "confirmed": 261,
            "withdrawn": 80,
            "restricted": 20,
            "protected": 80,
            "applied": 300,
        },
    ),
    ("brevo_contacts.csv", {}, {"rows": 400, "restricted": 219, "applied": 400}),
    ("civicrm_contacts.csv", {"as_of": AS_OF}, {"rows": 400, "restricted": 327, "applied": 400}),
    (
        "hubspot_contacts.csv",
        {"as_of": AS_OF},
        {"rows": 400, "withdrawn": 69, "restricted": 34, "applied": 400},
    ),
    ("genesys_dnc.csv", {}, {"rows": 133, "suppressed": 314, "applied": 133}),
    (
        "excel_cp1250.csv",
        {"mapping": EXCEL, "encoding": "cp1250"},
        {"rows": 400, "given": 76, "refused": 94, "rejected": 137, "applied": 263},
    ),
    (
        "deweloper_bez_naglowka.csv",
        {"mapping": DEWELOPER},
        {"rows": 400, "given": 729, "applied": 400},
    ),
]


@pytest.fixture(autouse=True)
def house() -> None:
    newsletter = PurposeFactory(slug="newsletter")
    PurposeFactory(slug="marketing-own", activity=newsletter.activity)
    SourceFactory(slug="web-form")
    SourceFactory(slug="phone")


def one(email: str = "anna@poczta.example") -> Consent:
    return Consent.objects.get(contact_point__key=email)


# Counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "options", "expected"), SAMPLE_COUNTS, ids=lambda v: str(v)[:12])
def test_the_samples_import_with_the_right_counts(
    name: str, options: dict[str, Any], expected: dict[str, int]
) -> None:
    assert numbers(foreseen(SAMPLES / name, **options)) == expected
    assert numbers(imported(SAMPLES / name, **options)) == expected


@pytest.mark.parametrize(("name", "options", "expected"), SAMPLE_COUNTS, ids=lambda v: str(v)[:12])
def test_the_same_file_again_changes_nothing(
    name: str, options: dict[str, Any], expected: dict[str, int]
) -> None:
    imported(SAMPLES / name, **options)
    before = _rows()
    again = numbers(imported(SAMPLES / name, **options))
    assert _rows() == before
    rows, rejected = expected["rows"], expected.get("rejected", 0)
    assert again == numbers({"rows": rows, "rejected": rejected, "unchanged": rows - rejected})


def _rows() -> dict[str, int]:
    """Rows of every table of the room but those of work in progress."""
    tables = [t for t in connection.introspection.table_names() if t.startswith("consents_")]
    kept = [t for t in tables if "staged" not in t and t != "consents_consentimport"]
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in kept}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {table}")
    return cursor.fetchone()[0]


def test_the_samples_end_in_the_same_state_in_any_order() -> None:
    orders = ([0, 1, 2, 3, 5, 6], [6, 5, 3, 2, 1, 0], [2, 6, 0, 5, 1, 3])
    first, second, third = map(_after, orders)
    assert first == second == third


def _after(order: list[int]) -> tuple[Any, ...]:
    with transaction.atomic():
        for number in order:
            name, options, _expected = SAMPLE_COUNTS[number]
            imported(SAMPLES / name, **{"as_of": AS_OF, **options})
        found = (states(), told())
        transaction.set_rollback(True)
    return found


def test_events_fold_to_the_stored_states_and_everything_has_history() -> None:
    for name, options, _expected in SAMPLE_COUNTS:
        imported(SAMPLES / name, **options)
    assert differences() == []
    assert list(gaps()) == []


# Yes and no --------------------------------------------------------------------------------------

YES_NO = [
    table(("anna@poczta.example", "1", "2023-04-26 10:00")),
    table(("ANNA@poczta.example", "0", "2024-04-26 10:00")),
    table(("anna@Poczta.example", "1", "2022-04-26 10:00")),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_no_stands_whatever_file_came_first(order: tuple[int, ...]) -> None:
    for number in order:
        imported(YES_NO[number], mapping=FLAGS)
    assert (one().state, ConsentEvent.objects.count()) == ("refused", 3)


@pytest.mark.parametrize("as_of", ["2020-01-01", "2026-01-01"])
@pytest.mark.parametrize("first", ["flag", "no"])
def test_a_flag_without_a_time_never_beats_a_no(as_of: str, first: str) -> None:
    flag = table(("anna@poczta.example", "1", ""))
    for each in ("flag", "no") if first == "flag" else ("no", "flag"):
        if each == "flag":
            imported(flag, mapping=FLAGS, as_of=as_of)
        else:
            imported(YES_NO[1], mapping=FLAGS)
    assert one().state == "refused"


def test_a_later_consent_that_the_row_itself_dates_counts() -> None:
    imported(YES_NO[1], mapping=FLAGS)
    imported(table(("anna@poczta.example", "1", "2025-01-01 10:00")), mapping=FLAGS)
    assert one().state == "given"


def test_gives_that_a_no_keeps_from_counting_are_told() -> None:
    imported(YES_NO[1], mapping=FLAGS)
    assert imported(YES_NO[0], mapping=FLAGS)["protected"] == 1


def test_a_yes_and_a_no_of_one_file_without_times_contradict_each_other() -> None:
    body = table(("anna@poczta.example", "1", ""), ("Anna@poczta.example", "0", ""))
    counts = imported(body, mapping=FLAGS, as_of=AS_OF)
    assert (one().state, counts["reasons"]) == ("refused", {"contradiction": 1})
    assert (counts["rows"], counts["applied"], counts["rejected"]) == (2, 1, 1)


def test_a_yes_and_a_no_of_one_file_with_times_are_two_events() -> None:
    body = table(
        ("anna@poczta.example", "0", "2023-04-26 10:00"),
        ("anna@poczta.example", "1", "2024-04-26 10:00"),
    )
    assert imported(body, mapping=FLAGS)["rejected"] == 0
    assert one().state == "given"


def test_rows_that_hold_a_no_are_recorded_first(monkeypatch: pytest.MonkeyPatch) -> None:
    _chunks(monkeypatch, 2)
    body = table(*[(f"a{n}@x.pl", "0" if n > 6 else "1", "2023-04-26 10:00") for n in range(9)])
    upload = staged(body, mapping=FLAGS)
    with pytest.raises(Stop):
        apply(upload, beat=_stop_after(2))
    assert set(Consent.objects.values_list("state", flat=True)) == {"refused"}


def test_a_confirmation_finds_its_consent_in_an_earlier_file() -> None:
    mapping = {"columns": FLAGS["columns"] | {"ok": {"field": "confirmed_at"}}}
    header = "email,yes,when,ok"
    imported(
        table(("anna@poczta.example", "1", "2023-04-26 10:00", ""), header=header), mapping=mapping
    )
    assert one().state == "unconfirmed"
    row = ("anna@poczta.example", "1", "2023-04-26 10:00", "2023-04-26 10:05")
    counts = imported(table(row, header=header), mapping=mapping)
    assert (one().state, numbers(counts)) == ("given", {"rows": 1, "confirmed": 1, "applied": 1})


def test_a_later_telling_that_asks_for_confirmation_stands_beside_the_first() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    mapping = {"columns": FLAGS["columns"] | {"ok": {"field": "confirmed_at"}}}
    row = ("anna@poczta.example", "1", "2023-04-26 10:00", "")
    imported(table(row, header="email,yes,when,ok"), mapping=mapping)
    assert (one().state, ConsentEvent.objects.count()) == ("unconfirmed", 2)


def test_a_source_that_asks_for_confirmation_makes_consents_need_one() -> None:
    SourceFactory(slug="double", confirmation_asked=True)
    imported(YES_NO[0], mapping=FLAGS, source="double")
    assert one().state == "unconfirmed"


def test_a_consent_ends_by_the_wording_that_was_shown() -> None:
    purpose = ConsentImport._meta.get_field("purpose").related_model.objects.get(slug="newsletter")
    wording = WordingFactory(purpose=purpose, valid_months=24)
    source = SourceWording._meta.get_field("source").related_model.objects.get(slug="web-form")
    SourceWording(
        source=source, wording=wording, shown_from=datetime(2020, 1, 1, tzinfo=UTC)
    ).save()
    imported(YES_NO[0], mapping=FLAGS)
    assert one().valid_until == datetime(2025, 4, 25, 22, tzinfo=UTC)


# Times -------------------------------------------------------------------------------------------


def test_a_file_that_says_neither_when_nor_as_of_is_refused() -> None:
    with pytest.raises(Refused):
        staged(table(("anna@poczta.example", "1", "")), mapping=FLAGS)
    assert StagedContact.objects.count() == 0


def test_a_row_without_a_time_in_a_file_with_times_is_an_error_of_the_row() -> None:
    body = table(("a@x.pl", "1", ""), ("b@x.pl", "1", "2023-04-26 10:00"))
    assert imported(body, mapping=FLAGS)["reasons"] == {"time_missing": 1}


def test_a_no_of_today_is_the_same_no_in_the_same_file_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = table(("anna@poczta.example", "0", f"{timezone.localdate():%Y-%m-%d}"))
    imported(body, mapping=FLAGS)
    assert imported(body, mapping=FLAGS)["unchanged"] == 1


def test_a_bounce_of_an_archive_counts_from_its_first_import() -> None:
    imported(SAMPLES / "mailchimp_audience_export.zip")
    first = ConsentImport.objects.get().created_at
    assert set(Restriction.objects.values_list("effective_at", flat=True)) == {first}


def test_bounces_alone_say_no_time(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(SAMPLES / "mailchimp_audience_export.zip") as archive:
        name = next(n for n in archive.namelist() if n.startswith("cleaned"))
        path = Path(archive.extract(name, tmp_path))
    with pytest.raises(Refused):
        staged(path)
    assert imported(path, as_of=AS_OF)["restricted"] == 20


# People and contacts -----------------------------------------------------------------------------

CONTACTS = {"columns": {c: {"field": c} for c in ("email", "phone", "first_name")}}


def contacts(*rows: tuple[str, str, str]) -> bytes:
    return table(*rows, header="email,phone,first_name")


def owner(key: str) -> str:
    return ContactPoint.objects.get(key=key).subject.first_name


@pytest.mark.parametrize("chunk", [1, 2, 5000])
def test_two_people_may_share_a_phone(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    _chunks(monkeypatch, chunk)
    imported(
        contacts(("a@x.pl", "601602603", "Anna"), ("b@x.pl", "601602603", "Beata")),
        mapping=CONTACTS,
    )
    assert [owner(key) for key in ("a@x.pl", "b@x.pl", "+48601602603")] == ["Anna", "Beata", "Anna"]


@pytest.mark.parametrize("chunk", [1, 2, 5000])
def test_rows_of_one_contact_are_one_person(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    _chunks(monkeypatch, chunk)
    rows = [("A@x.pl", "", "Anna"), ("a@x.pl", "601602603", "Ania"), ("", "601602603", "Anula")]
    counts = imported(contacts(*rows), mapping=CONTACTS)
    assert (DataSubject.objects.count(), counts["applied"], counts["unchanged"]) == (1, 2, 1)


def test_a_new_number_joins_the_person_of_the_address() -> None:
    point = PointFactory(value="a@x.pl")
    imported(contacts(("a@x.pl", "601602603", "")), mapping=CONTACTS)
    assert ContactPoint.objects.get(kind="phone").subject_id == point.subject_id


def test_names_and_values_stay_out_of_history() -> None:
    imported(contacts(("a@x.pl", "601602603", "Anna")), mapping=CONTACTS)
    kept = [*DataSubject.history.values(), *ContactPoint.history.values()]
    assert len(kept) == 3
    assert "Anna" not in str(kept)
    assert "a@x.pl" not in str(kept)


def test_all_of_an_import_is_one_batch() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    batch = ConsentImport.objects.get().uuid
    history = DataSubject.history.get()
    assert (ConsentEvent.objects.get().batch, history.history_batch) == (batch, batch)
    assert history.history_way == "import"


def test_every_event_has_the_hash_and_the_line_of_its_file_as_evidence() -> None:
    imported(table(("", "", ""), ("a@x.pl", "1", "2023-04-26 10:00")), mapping=FLAGS)
    event = ConsentEvent.objects.get()
    evidence = Evidence.objects.get(pk=event.evidence_id)
    assert (evidence.sha256, event.evidence_line) == (event.evidence_sha256, 3)
    assert ConsentImport.objects.get().sha256 in evidence.body


def test_an_address_of_the_net_is_evidence_of_its_row() -> None:
    imported(SAMPLES / "mailchimp_audience_export.zip")
    rows = Evidence.objects.filter(kind=EvidenceKind.IMPORT_ROW)
    event = ConsentEvent.objects.filter(kind=EventKind.GIVEN).first()
    assert rows.count() == 300
    assert all(evidence.is_intact for evidence in rows)
    assert rows.filter(pk=event.evidence_id).exists()


def test_bought_contacts_start_the_clock_of_art_14() -> None:
    SourceFactory(slug="purchased", purchased=True)
    imported(contacts(("a@x.pl", "", "")), mapping=CONTACTS, source="purchased")
    acquisition = Acquisition.objects.get()
    assert acquisition.obtained_on == timezone.localdate()
    assert acquisition.due_on > acquisition.obtained_on


def test_a_saved_format_never_records_for_a_purpose_of_another_controller() -> None:
    client = OrganisationFactory(client=True)
    PurposeFactory(slug="sklep-oferty", activity__controller=client)
    meaning = {"consent": {"channel": "email", "purpose": "sklep-oferty"}}
    mapping = {"columns": FLAGS["columns"] | {"yes": meaning}}
    MappingPreset(slug="sklep", name_pl="x", name_en="x", mapping=mapping).save()
    with pytest.raises(Refused, match="sklep-oferty"):
        staged(YES_NO[0], preset="sklep")


def test_contacts_of_two_controllers_are_two() -> None:
    client = OrganisationFactory(client=True)
    PointFactory(value="anna@poczta.example", controller=client)
    imported(YES_NO[0], mapping=FLAGS)
    assert ContactPoint.objects.filter(key="anna@poczta.example").count() == 2


def test_an_act_before_a_number_was_reassigned_belongs_to_the_former_holder() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    reassign(ContactPoint.objects.get(), retired_for="reassigned", reason="nowy abonent")
    assert imported(YES_NO[0], mapping=FLAGS)["unchanged"] == 1
    counts = imported(YES_NO[1], mapping=FLAGS)
    assert (counts["refused"], ContactPoint.objects.count()) == (1, 1)


def test_an_act_after_a_number_was_reassigned_is_of_the_new_holder() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    point = ContactPoint.objects.get()
    reassign(point, retired_for="reassigned", reason="nowy abonent")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consents_contactpoint SET retired_at = %s", [datetime(2025, 1, 1, tzinfo=UTC)]
        )
    imported(table(("anna@poczta.example", "1", "2026-01-01 10:00")), mapping=FLAGS)
    new = ContactPoint.objects.get(retired_at=None)
    assert (ContactPoint.objects.count(), new.events.count()) == (2, 1)
    assert new.subject_id != point.subject_id


# Suppressions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling", ["anna@poczta.example", "ANNA@POCZTA.EXAMPLE", " anna@poczta.example "]
)
def test_an_erased_person_stays_out(spelling: str) -> None:
    centre = OrganisationFactory()
    suppress(centre, "email", "anna@poczta.example", origin="erasure", scope="all")
    body = table((spelling, "1", "2023-04-26 10:00"), ("b@x.pl", "1", "2023-04-26 10:00"))
    for counts in (foreseen(body, mapping=FLAGS), imported(body, mapping=FLAGS)):
        assert (counts["reasons"], counts["applied"]) == ({"erased": 1}, 1)
    assert list(ContactPoint.objects.values_list("key", flat=True)) == ["b@x.pl"]


def test_another_suppression_closes_the_verdict_and_not_the_register() -> None:
    centre = OrganisationFactory()
    suppress(centre, "email", "anna@poczta.example", origin="industry_list", scope="commercial")
    counts = imported(YES_NO[0], mapping=FLAGS)
    assert (one().state, counts["protected"]) == ("given", 1)


def test_a_list_of_strangers_makes_no_contact() -> None:
    imported(SAMPLES / "genesys_dnc.csv")
    assert ContactPoint.objects.count() == DataSubject.objects.count() == 0
    number = Suppression.objects.filter(hmac=keyed_hmac("phone", "+48790181590"))
    assert set(number.values_list("channel", "scope", "origin")) == {
        ("voice", "all", SuppressionOrigin.DO_NOT_CALL),
        ("automated_call", "all", SuppressionOrigin.DO_NOT_CALL),
    }


# Our own export ----------------------------------------------------------------------------------

EXPORT = (
    "contact_point,channel,purpose,controller,subject_ref,external_id,name,basis,since,"
    "wording_version,source,obligations,as_of,valid_until"
)


def exported(*emails: str) -> bytes:
    rows = []
    for consent in Consent.objects.filter(state="given", contact_point__key__in=emails):
        point = consent.contact_point
        since = consent.since.astimezone(UTC).isoformat()
        rest = ("1", "phone", "", "2026-01-01T00:00:00+00:00", "2026-01-01T04:00:00+00:00")
        who = (str(point.subject.uuid), "", "Anna Nowak", "6-1-a", since)
        rows.append((point.value, consent.channel, "newsletter", "centrum", *who, *rest))
    return table(*rows, header=EXPORT)


@pytest.mark.parametrize("as_of", ["", AS_OF])
def test_an_export_followed_by_an_import_changes_nothing(as_of: str) -> None:
    when = "" if as_of else "2023-04-26 10:00:00.123456"
    imported(table(("anna@poczta.example", "1", when)), mapping=FLAGS, source="phone", as_of=as_of)
    before = _rows()
    counts = imported(exported("anna@poczta.example"))
    assert numbers(counts) == {"rows": 1, "unchanged": 1}
    assert (counts["format"], _rows()) == ("ccgdpr", before)


def test_an_export_does_not_undo_a_withdrawal_after_it() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    body = exported("anna@poczta.example")
    consent = one()
    source = consent.event.source
    withdraw(
        consent.contact_point, consent.purpose, "email", source=source, method="link", evidence="x"
    )
    imported(body)
    assert one().state == "withdrawn"


# Salesforce --------------------------------------------------------------------------------------

CONSENT_FILE = (
    b"Id,PartyId,ContactPointType,DataUsePurposeId,PrivacyConsentStatus,CaptureDate\n"
    b"1,P1,Email,0ZW1,OptIn,2023-04-26T10:00:00Z\n2,P2,Email,0ZW1,OptOut,2023-04-26T10:00:00Z\n"
)
CONTACT_FILE = b"IndividualId,FirstName,Email,Phone\nP1,Anna,anna@poczta.example,601602603\n"


def test_salesforce_consents_without_contacts_are_all_rejected() -> None:
    counts = imported(CONSENT_FILE)
    assert (counts["rows"], counts["reasons"]) == (2, {"contact_not_found": 2})


def test_salesforce_consents_find_their_contacts_in_a_second_file(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_bytes(CONTACT_FILE)
    counts = imported(CONSENT_FILE, contacts=str(tmp_path / "contacts.csv"))
    assert (counts["given"], counts["rejected"], one().state) == (1, 1, "given")


def test_salesforce_consents_find_their_contacts_in_the_archive(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("Contact.csv", CONTACT_FILE)
        archive.writestr("ContactPointTypeConsent.csv", CONSENT_FILE)
    counts = imported(tmp_path / "a.zip")
    assert (counts["format"], counts["given"]) == ("salesforce_consent", 1)


def test_salesforce_consents_of_several_purposes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_bytes(CONTACT_FILE + b"P2,B,b@x.pl,\n")
    body = CONSENT_FILE.replace(b"P2,Email,0ZW1", b"P2,Email,0ZW2")
    with pytest.raises(Refused, match="0ZW2"):
        staged(body, contacts=str(tmp_path / "contacts.csv"))


# Stopped and gone on -----------------------------------------------------------------------------


class Stop(Exception):
    pass


def _stop_after(chunks: int) -> Any:
    beats = itertools.count(1)

    def beat(done: int) -> None:
        if next(beats) >= chunks:
            raise Stop

    return beat


def _chunks(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr("consents.importing.applying.CHUNK", rows)
    monkeypatch.setattr("consents.importing.applying.SQLITE_CHUNK", rows)
    monkeypatch.setattr("consents.importing.applying.SQLITE_PAUSE", 0)
    monkeypatch.setattr("consents.importing.applying._paced", lambda rows, seconds: rows)


@pytest.mark.parametrize("stopped", [1, 2, 3, 4])
def test_a_stopped_import_goes_on_where_it_stood(
    monkeypatch: pytest.MonkeyPatch, stopped: int
) -> None:
    _chunks(monkeypatch, 70)
    upload = staged(SAMPLES / "mailchimp_audience_export.zip")
    with pytest.raises(Stop):
        apply(upload, beat=_stop_after(stopped))
    upload = ConsentImport.objects.get()
    assert upload.state == ImportState.APPLYING
    apply(upload)
    assert numbers(outcome(upload)) == SAMPLE_COUNTS[0][2]


def test_what_was_staged_is_erased_once_applied_and_rejects_after_a_day() -> None:
    upload = staged(SAMPLES / "excel_cp1250.csv", mapping=EXCEL, encoding="cp1250")
    apply(upload)
    assert StagedContact.objects.count() == StagedAct.objects.count() == 0
    assert len(list(rejects(upload))) == 137
    sweep(timezone.now() + timedelta(hours=25))
    assert list(rejects(upload)) == []


def test_numbers_leave_the_connection_with_the_import() -> None:
    imported(YES_NO[0], mapping=FLAGS)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM temp.sqlite_master")
        else:
            cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't'")
        assert [name for (name,) in cursor.fetchall() if name.startswith("import_")] == []
