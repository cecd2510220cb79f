"""Nobody's no is undone by a file: not by its order, its flags, a retry or a contradiction."""

import io
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.acceptance.outsider import AS_OF, Outsider, census, state, states, stops
from tests.acceptance.test_formats import BREVO, GENESYS, HUBSPOT
from tests.acceptance.test_mailchimp import BOUNCED, LEFT, MEMBERS, SUBSCRIBED, member

LEGAL = "email,accepts_dit_email_marketing,modified_at\n"
FLAGS = "email,emailSendAgreement\n"


def legal(*acts: tuple[str, str]) -> str:
    return LEGAL + "".join(f"a@ex.example,{word},{at}\n" for word, at in acts)


# A no stands -------------------------------------------------------------------------------------


def test_a_flag_without_a_time_never_beats_an_earlier_no(house: Outsider) -> None:
    house.run(legal(("false", "2024-05-01T10:00:00Z")))
    outcome = house.run(FLAGS + "a@ex.example,true\n", as_of=AS_OF)
    assert outcome.counts == {"rows": 1, "given": 1, "protected": 1, "applied": 1}
    assert state("a@ex.example") == "withdrawn"
    assert "a@ex.example" not in house.listed()


def test_a_no_that_arrives_after_the_flag_beats_it_whatever_its_date(house: Outsider) -> None:
    house.run(FLAGS + "a@ex.example,true\n", as_of=AS_OF)
    assert "a@ex.example" in house.listed()
    house.run(legal(("false", "2019-05-01T10:00:00Z")))
    assert state("a@ex.example") == "withdrawn"


@pytest.mark.parametrize("first", ["2026-01-01T00:00:00Z", "2026-09-01T00:00:00Z"])
def test_a_refusal_dated_by_its_file_is_not_undone_by_another_flag(
    house: Outsider, first: str
) -> None:
    house.run(FLAGS + "a@ex.example,false\n", as_of=first)
    outcome = house.run(FLAGS + "a@ex.example,true\n", as_of=AS_OF)
    assert (outcome.protected, state("a@ex.example")) == (1, "refused")


def test_an_own_give_before_the_withdrawal_that_arrives_late_activates_nothing(
    house: Outsider,
) -> None:
    house.run(legal(("false", "2024-05-01T10:00:00Z")))
    outcome = house.run(legal(("true", "2024-04-01T10:00:00Z")))
    assert (outcome.given, outcome.protected) == (1, 1)
    assert state("a@ex.example") == "withdrawn"


def test_at_the_same_instant_the_no_is_the_latest(house: Outsider) -> None:
    house.run(legal(("false", "2024-05-01T10:00:00Z")))
    house.run(legal(("true", "2024-05-01T10:00:00Z")))
    assert state("a@ex.example") == "withdrawn"


def test_the_persons_own_later_give_does_count(house: Outsider) -> None:
    house.run(legal(("false", "2024-05-01T10:00:00Z")))
    outcome = house.run(legal(("true", "2024-06-01T10:00:00Z")))
    assert outcome.counts == {"rows": 1, "given": 1, "applied": 1}
    assert "a@ex.example" in house.listed()


def test_a_later_unconfirmed_give_takes_nothing_from_a_confirmed_one(house: Outsider) -> None:
    for name, given, confirmed in [("1", "2024-03-01", "2024-03-02"), ("2", "2025-03-01", "")]:
        given, confirmed = f"{given} 10:00:00", confirmed and f"{confirmed} 10:00:00"
        house.run(SUBSCRIBED + member("a@ex.example", given, confirmed), f"subscribed_{name}.csv")
    assert state("a@ex.example") == "given"


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (HUBSPOT.format("'").replace("all@", "a@"), {"as_of": "2024-01-01T00:00:00Z"}),
        (BREVO.replace("out@", "a@"), {}),
        (BOUNCED.replace("bounced@", "a@"), {"as_of": AS_OF, "preset": "mailchimp_cleaned"}),
    ],
    ids=["objection", "blacklist", "bounced"],
)
def test_no_later_give_opens_what_a_restriction_closed(
    house: Outsider, body: str, options: dict[str, str]
) -> None:
    house.run(body, **options)
    house.run(legal(("true", "2026-06-02T10:00:00Z")))
    assert state("a@ex.example") == "given"
    assert "a@ex.example" not in house.listed()


def test_a_suppressed_number_stays_closed_and_its_consent_is_recorded(house: Outsider) -> None:
    mapping = {
        "columns": {
            "p": {"field": "phone"},
            "v": {"consent": {"purpose": "newsletter", "channel": "voice"}},
            "at": {"field": "given_at"},
        }
    }
    house.run(GENESYS)
    body = "p,v,at\n601602701,tak,2026-06-01\n601602709,tak,2026-06-01\n"
    assert house.run(body, mapping=mapping).given == 2
    assert state("+48601602701", "newsletter voice") == "given"
    listed = house.listed("newsletter", "voice")
    assert listed & {"+48601602701", "+48601602709"} == {"+48601602709"}


# Contradictions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "positive"),
    [
        ("a@ex.example,true\nb@ex.example,1\n a@EX.example,false\n", 2),
        ("a@ex.example,false\nb@ex.example,1\na@ex.example,true\n", 4),
    ],
)
def test_of_two_rows_that_disagree_without_times_the_no_is_recorded(
    house: Outsider, rows: str, positive: int
) -> None:
    outcome = house.run(FLAGS + rows, as_of=AS_OF)
    assert outcome.counts == {"rows": 3, "given": 1, "refused": 1, "rejected": 1, "applied": 2}
    assert outcome.lines[0][0] == positive
    assert state("a@ex.example") == "refused"


def test_rows_that_disagree_at_their_own_times_are_events(house: Outsider) -> None:
    outcome = house.run(
        legal(("false", "2024-05-01"), ("true", "2024-06-01"), ("false", "2024-04-01"))
    )
    assert outcome.counts == {"rows": 3, "given": 1, "withdrawn": 2, "applied": 3}
    assert state("a@ex.example") == "given"


# The same again, and in any order -----------------------------------------------------------------

FILES: list[tuple[str, str, dict[str, Any]]] = [
    (SUBSCRIBED + member("a@ex.example", "2024-03-01 10:00:00", "2024-03-01 10:05:00")
     + member("b@ex.example", "2024-03-01 10:00:00") + member("c@ex.example"),
     "subscribed_1.csv", {}),
    (FLAGS + "a@ex.example,1\nb@ex.example,1\nc@ex.example,1\nd@ex.example,0\n", "q.csv",
     {"as_of": AS_OF}),
    (LEGAL + "a@ex.example,false,2024-05-01\nb@ex.example,true,2024-05-01\n"
     "c@ex.example,false,2023-05-01\nd@ex.example,true,2025-05-01\n", "l.csv", {}),
    (BREVO.replace("out@", "b@").replace("sms@", "d@"), "brevo.csv", {}),
]  # fmt: skip


def outcome_of(house: Outsider, order: tuple[int, ...]) -> Any:
    """What the register and the list say after the files came in this order; then undone."""
    point = transaction.savepoint()
    for number in order:
        body, name, options = FILES[number]
        house.run(body, name, **options)
    people = [f"{who}@ex.example" for who in "abcd"]
    seen = sorted(house.listed()), [(states(each), stops(each)) for each in people]
    transaction.savepoint_rollback(point)
    return seen


@pytest.mark.parametrize("order", list(permutations(range(4)))[1::3])
def test_any_order_of_the_files_ends_in_the_same_state(
    house: Outsider, order: tuple[int, ...]
) -> None:
    assert outcome_of(house, order) == outcome_of(house, (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("body", "name", "options"),
    [
        *FILES,
        (LEFT, "unsubscribed_1.csv", {}),
        (MEMBERS, "subscribed_1.csv", {}),
        (GENESYS, "dnc.csv", {}),
        (HUBSPOT.format("'"), "hubspot.csv", {"as_of": AS_OF}),
    ],
)
def test_the_same_file_again_changes_nothing_at_all(
    house: Outsider, body: str, name: str, options: dict[str, str]
) -> None:
    first = house.run(body, name, **options)
    before = census()
    again = house.run(body, name, **options)
    assert again.counts == {"rows": first.rows, "unchanged": first.rows}
    assert census() == before


@pytest.mark.parametrize(("body", "name", "options"), FILES)
def test_a_dry_run_counts_like_the_real_one_and_changes_nothing(
    house: Outsider, body: str, name: str, options: dict[str, str]
) -> None:
    before = census()
    foreseen = house.run(body, name, dry_run=True, **options)
    assert census() == before
    assert house.run(body, name, **options).said == foreseen.said


def test_the_states_equal_the_events_and_the_records_their_history(house: Outsider) -> None:
    for body, name, options in FILES:
        house.run(body, name, **options)
    call_command("rebuild_consents", check=True, stdout=io.StringIO())
    call_command("reconcile_history", check=True, stdout=io.StringIO())


def test_an_old_list_of_ours_that_comes_back_undoes_no_withdrawal(house: Outsider) -> None:
    house.run(legal(("true", "2024-05-01T10:00:00Z")))
    old = house.take().rename(house.folder / "old.csv")
    house.run(legal(("false", "2026-05-01T10:00:00Z")))
    outcome = house.run(old)
    assert outcome.counts == {"rows": outcome.rows, "unchanged": outcome.rows}
    assert state("a@ex.example") == "withdrawn"


def test_our_own_list_is_about_the_purpose_that_it_names(house: Outsider) -> None:
    path = house.take("marketing-own", "email")
    outcome = house.run(path, purpose="newsletter", source="phone")
    assert outcome.counts == {"rows": outcome.rows, "unchanged": outcome.rows}
