"""The map file: what a column may mean, and names that nobody knows."""

import pytest

from consents.models import Consent, Restriction
from tests.acceptance.outsider import AS_OF, Outsider, events, state, states, stops

EMAIL = {"field": "email"}
NEWS = {"purpose": "newsletter", "channel": "email"}
BODY = "E-mail;Zgoda SMS;Telefon;Data zgody;UNSUB\n"


def test_the_example_of_the_design_is_read_as_it_says(house: Outsider) -> None:
    mapping = {
        "header": True,
        "delimiter": ";",
        "encoding": "utf-8",
        "columns": {
            "E-mail": EMAIL,
            "Telefon": {"field": "phone"},
            "Data zgody": {"field": "given_at", "format": "%d.%m.%Y"},
            "Zgoda SMS": {
                "consent": {"purpose": "newsletter", "channel": "sms"},
                "yes": ["TAK"],
                "no": ["NIE"],
            },
            "UNSUB": {"restriction": "objection", "channel": "email"},
        },
    }
    body = BODY + (
        "a@ex.example;TAK;601602701;01.05.2024;0\n"
        "b@ex.example;NIE;601602702;01.05.2024;1\n"
        "c@ex.example;;601602703;;\n"
    )
    outcome = house.run(body, mapping=mapping, as_of=AS_OF)
    assert outcome.counts == {"rows": 3, "given": 1, "refused": 1, "restricted": 1, "applied": 3}
    assert events("+48601602701") == [("given", "2024-04-30T22:00")]
    assert states("+48601602702") == {"newsletter sms": "refused"}
    assert stops("b@ex.example") == {("objection", "email")}
    assert states("a@ex.example") == states("+48601602703") == {}


def test_words_of_its_own_replace_the_usual_ones(house: Outsider) -> None:
    column = {"consent": NEWS, "yes": ["Zgoda"], "no": ["brak zgody"]}
    body = "e,z\na@ex.example,ZGODA\nb@ex.example,Brak zgody\nc@ex.example,tak\n"
    outcome = house.run(body, mapping={"columns": {"e": EMAIL, "z": column}}, as_of=AS_OF)
    assert outcome.counts == {"rows": 3, "given": 1, "refused": 1, "rejected": 1, "applied": 2}
    assert outcome.lines == [(4, "z")]


def test_columns_without_a_header_are_numbers_from_one(house: Outsider) -> None:
    columns = {"1": EMAIL, "2": {"field": "ignore"}, "3": {"field": "given_at"}}
    body = "a@ex.example;x;2024-05-01\nb@ex.example;y;2024-05-02\n"
    outcome = house.run(body, mapping={"header": False, "delimiter": ";", "columns": columns})
    assert outcome.counts == {"rows": 2, "given": 2, "applied": 2}


def test_a_column_may_have_its_own_purpose_and_channel(house: Outsider) -> None:
    columns = {
        "e": EMAIL,
        "p": {"field": "phone"},
        "m": {"consent": {"purpose": "marketing-own", "channel": "email"}},
        "v": {"consent": {"purpose": "satisfaction-survey", "channel": "voice"}},
    }
    house.run("e,p,m,v\na@ex.example,601602701,1,1\n", mapping={"columns": columns}, as_of=AS_OF)
    assert states("a@ex.example") == {"marketing-own email": "given"}
    assert states("+48601602701") == {"satisfaction-survey voice": "given"}


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("objection", {}),
        ("objection_purpose", {"purpose": "newsletter"}),
        ("do_not_contact", {"channel": "email"}),
        ("undeliverable", {"channel": "email"}),
        ("processing_restricted", {}),
    ],
)
def test_every_restriction_closes_the_list(
    house: Outsider, kind: str, about: dict[str, str]
) -> None:
    columns = {"e": EMAIL, "at": {"field": "given_at"}, "x": {"restriction": kind, **about}}
    body = "e,at,x\na@ex.example,2024-05-01,1\nb@ex.example,2024-05-01,0\n"
    outcome = house.run(body, mapping={"columns": columns}, as_of=AS_OF)
    assert (outcome.given, outcome.restricted, outcome.applied) == (2, 1, 2)
    assert Restriction.objects.get(contact_point__value="a@ex.example").kind == kind
    assert house.listed() & {"a@ex.example", "b@ex.example"} == {"b@ex.example"}


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [("2024-05-01 12:00:00", "given"), ("2024-04-01 12:00:00", "given"), ("", "unconfirmed")],
)
def test_a_confirmation_column_asks_every_give_for_one(
    house: Outsider, confirmed: str, expected: str
) -> None:
    columns = {"e": EMAIL, "at": {"field": "given_at"}, "ok": {"field": "confirmed_at"}}
    house.run(f"e,at,ok\na@ex.example,2024-05-01 10:00:00,{confirmed}\n",
              mapping={"columns": columns})  # fmt: skip
    assert state("a@ex.example") == expected
    assert ("a@ex.example" in house.listed()) == (expected == "given")


def test_a_confirmation_without_its_give_is_an_error_of_its_row(house: Outsider) -> None:
    columns = {"e": EMAIL, "at": {"field": "given_at"}, "ok": {"field": "confirmed_at"}}
    outcome = house.run(
        "e,at,ok\na@ex.example,,2024-05-01 10:00:00\n", mapping={"columns": columns}
    )
    assert outcome.counts == {"rows": 1, "rejected": 1}


@pytest.mark.parametrize(("ends", "listed"), [("2025-05-01", False), ("2099-05-01", True)])
def test_a_consent_ends_when_its_column_says(house: Outsider, ends: str, listed: bool) -> None:
    columns = {"e": EMAIL, "at": {"field": "given_at"}, "to": {"field": "expires_at"}}
    outcome = house.run(f"e,at,to\na@ex.example,2024-05-01,{ends}\n", mapping={"columns": columns})
    assert (outcome.given, outcome.rejected) == (1, 0)
    assert Consent.objects.get(contact_point__value="a@ex.example").valid_until is not None
    assert ("a@ex.example" in house.listed()) is listed


def test_a_row_may_hold_a_give_and_its_withdrawal(house: Outsider) -> None:
    columns = {"e": EMAIL, "at": {"field": "given_at"}, "end": {"field": "withdrawn_at"}}
    body = "e,at,end\na@ex.example,2024-05-01,2024-06-01\nb@ex.example,2024-05-01,\n"
    outcome = house.run(body, mapping={"columns": columns})
    assert outcome.counts == {
        "rows": 2, "given": 2, "withdrawn": 1, "protected": 1, "applied": 2
    }  # fmt: skip
    assert (state("a@ex.example"), state("b@ex.example")) == ("withdrawn", "given")


# Names that nobody knows --------------------------------------------------------------------------

AT = {"field": "given_at"}


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ({"columns": {"e": EMAIL, "at": AT}, "colour": 1}, "colour"),
        ({"columns": {"e": {"field": "e_mail"}, "at": AT}}, "e_mail"),
        ({"columns": {"e": EMAIL, "at": {"field": "given_at", "fmt": "x"}}}, "fmt"),
        ({"columns": {"e": EMAIL, "at": {"konsent": NEWS}}}, "at"),
        ({"columns": {"e": EMAIL, "at": {"consent": {**NEWS, "purpose": "nws"}}}}, "nws"),
        ({"columns": {"e": EMAIL, "at": {"consent": {**NEWS, "channel": "fax"}}}}, "fax"),
        ({"columns": {"e": EMAIL, "at": {"consent": {**NEWS, "lang": "pl"}}}}, "lang"),
        ({"columns": {"e": EMAIL, "at": {"restriction": "never"}}}, "never"),
        ({"columns": {"e": EMAIL, "at": {"restriction": "objection", "channel": "fax"}}}, "fax"),
        ({"columns": {"e": EMAIL, "Data zgody": AT}}, "Data zgody"),
        ({"columns": {"e": EMAIL, "at": {"consent": {**NEWS, "purpose": "wzorzec-loyalty"}}}},
         "wzorzec-loyalty"),
        ({"header": False, "columns": {"e": EMAIL}}, "e"),
        ({"columns": {}}, ""),
        ([], ""),
    ],
)  # fmt: skip
def test_what_the_map_does_not_know_is_refused_by_name(
    house: Outsider, mapping: dict, named: str
) -> None:
    said = house.refusal("e,at\na@ex.example,2024-05-01\n", mapping=mapping, as_of=AS_OF)
    assert named in said


def test_a_map_that_is_no_json_or_missing_is_refused(house: Outsider) -> None:
    body = "e,at\na@ex.example,2024-05-01\n"
    house.refusal(body, map=str(house.file("{'e': 1", "broken.json")))
    house.refusal(body, map=str(house.folder / "nowhere.json"))


@pytest.mark.parametrize(
    ("options", "nearest"),
    [
        ({"source": "web-from"}, "web-form"),
        ({"purpose": "newsleter"}, "newsletter"),
        ({"preset": "mailchip"}, "mailchimp"),
    ],
)
def test_an_unknown_key_names_the_nearest_and_nothing_is_applied(
    house: Outsider, options: dict[str, str], nearest: str
) -> None:
    said = house.refusal("email,emailSendAgreement\na@ex.example,1\n", as_of=AS_OF, **options)
    assert nearest in said
    assert next(iter(options.values())) in said


@pytest.mark.parametrize(
    "options",
    [
        {"source": "wzorzec-shop"},
        {"purpose": "wzorzec-loyalty"},
        {"source": ""},
        {"preset": "brevo"},
    ],
)
def test_a_key_that_does_not_fit_is_refused(house: Outsider, options: dict[str, str]) -> None:
    house.refusal("email,emailSendAgreement\na@ex.example,1\n", as_of=AS_OF, **options)
