"""Files recorded: whole rows, told once, in any order, and no no undone."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.reading.errors import Refused
from audit.reconciliation import gaps
from consents.choices import RestrictionKind
from consents.fold import differences
from consents.importing.applying import apply
from consents.models import (
    ConfirmationLetter,
    Consent,
    ConsentEvent,
    ConsentImport,
    Restriction,
    SourceWording,
    StagedContact,
)
from processing.choices import Basis, Campaign, Nature
from processing.models import Purpose
from tests.consents.files import (
    DEWELOPER,
    EXCEL,
    FLAGS,
    SAMPLES,
    YES_NO,
    Stop,
    chunks_of,
    foreseen,
    imported,
    numbers,
    one,
    row_counts,
    staged,
    states,
    stop_after,
    table,
    told,
)
from tests.factories import (
    PurposeFactory,
    SourceFactory,
    WordingFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("import_house")]


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
    before = row_counts()
    again = numbers(imported(SAMPLES / name, **options))
    assert row_counts() == before
    rows, rejected = expected["rows"], expected.get("rejected", 0)
    assert again == numbers({"rows": rows, "rejected": rejected, "unchanged": rows - rejected})


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
    chunks_of(monkeypatch, 2)
    body = table(*[(f"a{n}@x.pl", "0" if n > 6 else "1", "2023-04-26 10:00") for n in range(9)])
    upload = staged(body, mapping=FLAGS)
    with pytest.raises(Stop):
        apply(upload, beat=stop_after(2))
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


def test_no_file_confirms_what_the_house_asks_by_its_own_letter() -> None:
    SourceFactory(slug="letters", confirmation_asked=True, confirmation_sent=True)
    mapping = {"columns": FLAGS["columns"] | {"ok": {"field": "confirmed_at"}}}
    row = ("anna@poczta.example", "1", "2023-04-26 10:00", "2023-04-26 11:00")
    counts = imported(table(row, header="email,yes,when,ok"), mapping=mapping, source="letters")
    assert counts["reasons"] == {"confirmation_by_letter": 1}
    assert ConsentEvent.objects.count() == 0


@pytest.mark.parametrize(("purpose", "objected"), [("newsletter", []), ("survey", ["survey"])])
def test_whoever_withdraws_what_needs_no_consent_objects_too(
    purpose: str, objected: list[str]
) -> None:
    PurposeFactory(
        slug="survey",
        activity=Purpose.objects.get(slug="newsletter").activity,
        basis=Basis.LEGITIMATE_INTEREST,
        campaign=Campaign.MATTER,
        nature=Nature.SERVICE,
    )
    mapping = {"columns": FLAGS["columns"] | {"out": {"field": "withdrawn_at"}}}
    row = ("anna@poczta.example", "1", "2023-04-26 10:00", "2023-05-01 10:00")
    body = table(row, header="email,yes,when,out")
    counts = imported(body, mapping=mapping, purpose=purpose)
    stops = Restriction.objects.values_list("kind", "channel", "purpose__slug")
    assert list(stops) == [(RestrictionKind.OBJECTION_PURPOSE, "email", each) for each in objected]
    assert (counts["withdrawn"], counts["restricted"]) == (1, len(objected))
    assert one().state == "withdrawn"
    assert imported(body, mapping=mapping, purpose=purpose)["applied"] == 0


def test_an_imported_consent_gets_no_letter() -> None:
    SourceFactory(slug="letters", confirmation_asked=True, confirmation_sent=True)
    imported(YES_NO[0], mapping=FLAGS, source="letters")
    assert one().state == "unconfirmed"
    assert ConfirmationLetter.objects.count() == 0


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


def test_a_line_end_within_a_cell_splits_no_row() -> None:
    body = table(("bad\raddress", "1", "2023-04-26 10:00"), ("a@x.pl", "1", "2023-04-26 10:00"))
    counts = imported(body, mapping=FLAGS)
    assert (counts["rejected"], counts["given"]) == (1, 1)
