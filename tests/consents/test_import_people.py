"""Whose the rows of a file are: people, contacts, suppressions."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from audit.reading.errors import Refused
from consents.choices import EventKind, EvidenceKind, SuppressionOrigin
from consents.contacts import keyed_hmac
from consents.models import (
    Acquisition,
    ConsentEvent,
    ConsentImport,
    ContactPoint,
    DataSubject,
    Evidence,
    MappingPreset,
    Suppression,
)
from consents.services import reassign, suppress
from tests.consents.files import (
    FLAGS,
    SAMPLES,
    YES_NO,
    chunks_of,
    foreseen,
    imported,
    one,
    staged,
    table,
)
from tests.factories import (
    OrganisationFactory,
    PointFactory,
    PurposeFactory,
    SourceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("import_house")]
AS_OF = "2026-01-31T12:00"


# People and contacts -----------------------------------------------------------------------------

CONTACTS = {"columns": {c: {"field": c} for c in ("email", "phone", "first_name")}}


def contacts(*rows: tuple[str, str, str]) -> bytes:
    return table(*rows, header="email,phone,first_name")


def owner(key: str) -> str:
    return ContactPoint.objects.get(key=key).subject.first_name


@pytest.mark.parametrize("chunk", [1, 2, 5000])
def test_two_people_may_share_a_phone(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    chunks_of(monkeypatch, chunk)
    imported(
        contacts(("a@x.pl", "601602603", "Anna"), ("b@x.pl", "601602603", "Beata")),
        mapping=CONTACTS,
    )
    assert [owner(key) for key in ("a@x.pl", "b@x.pl", "+48601602603")] == ["Anna", "Beata", "Anna"]


@pytest.mark.parametrize("chunk", [1, 2, 5000])
def test_rows_of_one_contact_are_one_person(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    chunks_of(monkeypatch, chunk)
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
    batch = ConsentImport.objects.get().batch
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
