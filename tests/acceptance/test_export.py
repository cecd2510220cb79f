"""The list of people who may be contacted, as a supervisor's machine takes it."""

import io
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from audit.models import AccessEvent
from tests.acceptance.outsider import AS_OF, Outsider, read_csv
from tests.acceptance.test_formats import BREVO
from tests.acceptance.test_mailchimp import BOUNCED, LEFT, MEMBERS

HEADER = (
    "contact_point,channel,purpose,controller,subject_ref,external_id,name,basis,since,"
    "wording_version,source,obligations,as_of,valid_until"
)
LEGAL = "email,accepts_dit_email_marketing,modified_at\n"


def row_of(path: Path, value: str) -> dict[str, str]:
    return next(row for row in read_csv(path) if row["contact_point"] == value)


def test_the_header_is_exactly_the_specified_one(house: Outsider) -> None:
    first = house.take().read_text(encoding="utf-8-sig").splitlines()[0]
    assert first == HEADER


def test_the_list_holds_those_who_may_be_contacted_and_nobody_else(house: Outsider) -> None:
    before = house.listed()
    house.run(MEMBERS, "subscribed_1.csv")
    house.run(LEFT, "unsubscribed_1.csv")
    house.run(BOUNCED, "x.csv", preset="mailchimp_cleaned", as_of=AS_OF)
    given = LEGAL + "out@ex.example,true,2024-05-01\nfree@ex.example,true,2024-05-01\n"
    house.run(given)
    house.run(BREVO)
    assert house.listed() - before == {"both@ex.example", "free@ex.example"}


def test_a_consent_for_one_channel_or_purpose_opens_no_other(house: Outsider) -> None:
    house.run(LEGAL + "a@ex.example,true,2024-05-01\n")
    assert "a@ex.example" in house.listed("newsletter", "email")
    assert "a@ex.example" not in house.listed("marketing-own", "email")
    assert "a@ex.example" not in house.listed("newsletter", "voice")


@pytest.mark.parametrize("source", ["purchased-2025", "phone"])
def test_a_source_that_showed_no_valid_wording_opens_nothing(house: Outsider, source: str) -> None:
    outcome = house.run(LEGAL + "a@ex.example,true,2025-03-01\n", source=source)
    assert outcome.given == 1
    assert "a@ex.example" not in house.listed()


def test_bought_data_without_proof_open_nothing_even_on_their_wording(house: Outsider) -> None:
    body = LEGAL + "a@ex.example,true,2025-03-01\n"
    house.run(body, source="purchased-2025", purpose="marketing-own")
    assert "a@ex.example" not in house.listed("marketing-own")


@pytest.mark.parametrize("channel", ["email", "voice"])
@pytest.mark.parametrize("purpose", ["marketing-own", "newsletter"])
def test_the_demo_has_people_for_both_purposes_by_email_and_voice(
    house: Outsider, purpose: str, channel: str
) -> None:
    assert house.listed(purpose, channel)


@pytest.mark.parametrize(
    ("as_of", "listed"),
    [
        ("2024-04-01T00:00:00+02:00", False),
        ("2024-06-01T00:00:00+02:00", True),
        ("2024-08-01T00:00:00+02:00", False),
        ("2025-02-01T00:00:00+01:00", True),
    ],
)
def test_the_list_as_of_a_moment_holds_who_might_be_contacted_then(
    house: Outsider, as_of: str, listed: bool
) -> None:
    house.run(
        LEGAL
        + "a@ex.example,true,2024-05-01\na@ex.example,false,2024-07-01\na@ex.example,1,2025-01-01\n"
    )
    assert ("a@ex.example" in house.listed(as_of=as_of)) is listed


def test_each_row_says_who_on_what_basis_and_until_when(house: Outsider) -> None:
    columns = {
        "id": {"field": "external_id"},
        "e": {"field": "email"},
        "f": {"field": "first_name"},
        "l": {"field": "last_name"},
        "at": {"field": "given_at"},
    }
    house.run("id,e,f,l,at\nK-77,a@ex.example,Żaneta,Ćma,2025-05-01 10:00\n",
              mapping={"columns": columns})  # fmt: skip
    row = row_of(house.take(), "a@ex.example")
    assert (row["external_id"], row["name"], row["source"]) == ("K-77", "Żaneta Ćma", "web-form")
    assert datetime.fromisoformat(row["since"]) == datetime.fromisoformat("2025-05-01T08:00:00Z")
    assert all(row[name] for name in ("controller", "subject_ref", "basis", "wording_version"))
    ends = datetime.fromisoformat(row["valid_until"]) - datetime.fromisoformat(row["as_of"])
    assert ends == timedelta(hours=4)


def test_every_list_is_written_down_in_two_halves(house: Outsider) -> None:
    import hashlib

    before = AccessEvent.objects.count()
    path = house.take()
    closed = AccessEvent.objects.order_by("pk").last()
    assert AccessEvent.objects.count() == before + 2
    assert closed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert closed.rows == len(read_csv(path))
    assert closed.closes.columns == HEADER.split(",")


@pytest.mark.parametrize(
    ("options", "nearest"),
    [
        ({"purpose": "newsleter"}, "newsletter"),
        ({"channel": "e-mail"}, "email"),
        ({"as_of": "yesterday"}, "yesterday"),
    ],
)
def test_what_is_unknown_is_refused_naming_the_nearest(
    house: Outsider, options: dict[str, str], nearest: str
) -> None:
    with pytest.raises(CommandError, match=nearest) as refused:
        house.take(**options)
    assert refused.value.returncode == 2
    assert not (house.folder / "list.csv").exists()


# Spreadsheets and formulas ------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-2", "@SUM(A1)", "=HYPERLINK(A1)", "＝1", " =1+1", '"=1', "==1+1"]
NAMES = {
    "columns": {
        "e": {"field": "email"},
        "l": {"field": "last_name"},
        "x": {"field": "external_id"},
        "at": {"field": "given_at"},
    }
}


def hostile_people() -> str:
    cells = (each.replace('"', '""') for each in FORMULAS)
    rows = (f'f{n}@ex.example,"{c}","{c}",2025-05-01\n' for n, c in enumerate(cells))
    return "e,l,x,at\n" + "".join(rows)


def test_no_cell_of_the_csv_begins_like_a_formula(house: Outsider) -> None:
    house.run(hostile_people(), mapping=NAMES)
    rows = [r for r in read_csv(house.take()) if r["contact_point"].startswith("f")]
    ours = [r for r in rows if r["contact_point"].endswith("@ex.example")]
    assert len(ours) == len(FORMULAS)
    for row in ours:
        for cell in (row["name"], row["external_id"]):
            assert cell.startswith("'"), cell


def test_phone_numbers_are_left_as_they_are(house: Outsider) -> None:
    listed = house.listed("newsletter", "voice")
    assert all(value.startswith("+48") or value.startswith("+") for value in listed)


def test_the_spreadsheet_holds_texts_alone_and_the_same_people(house: Outsider) -> None:
    house.run(hostile_people(), mapping=NAMES)
    sheet = openpyxl.load_workbook(house.take(format="xlsx")).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    people = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert ",".join(cell.value for cell in sheet[1]) == HEADER
    assert set(people[1:]) == house.listed()


def test_the_list_comes_back_with_its_hostile_names_and_changes_nothing(house: Outsider) -> None:
    house.run(hostile_people(), mapping=NAMES)
    path = house.take()
    listed = read_csv(path)
    outcome = house.run(path)
    assert outcome.counts == {"rows": len(listed), "unchanged": len(listed)}
    again = [{**r, "as_of": "", "valid_until": ""} for r in read_csv(house.take())]
    assert again == [{**r, "as_of": "", "valid_until": ""} for r in listed]


def test_the_list_of_phones_comes_back_and_changes_nothing(house: Outsider) -> None:
    path = house.take("marketing-own", "voice")
    outcome = house.run(path, purpose="marketing-own")
    assert outcome.counts == {"rows": outcome.rows, "unchanged": outcome.rows}
    assert outcome.rows > 0


def test_the_list_may_go_to_standard_output(
    house: Outsider, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("export_consents", purpose="newsletter", channel="email", output="-",
                 stdout=io.StringIO(), stderr=io.StringIO())  # fmt: skip
    assert HEADER in capsysbinary.readouterr().out.decode("utf-8-sig")


def test_the_list_has_nobody_twice(house: Outsider) -> None:
    values = sorted(row["contact_point"] for row in read_csv(house.take()))
    assert all(one != other for one, other in pairwise(values))


def test_a_withdrawal_leaves_the_next_list(house: Outsider) -> None:
    house.run(LEGAL + "a@ex.example,true,2024-05-01\n")
    options: dict[str, Any] = {"source": "phone"}
    assert "a@ex.example" in house.listed()
    house.run(LEGAL + "a@ex.example,false,2026-05-01\n", **options)
    assert "a@ex.example" not in house.listed()
