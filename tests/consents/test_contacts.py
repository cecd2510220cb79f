"""One spelling for every number and address (security.md 3)."""

import random
import re

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat as Format

from consents import contacts
from consents.contacts import Contact, Unusable, keyed_hmac, normalise, shown_email

SPELLINGS = [
    "601602603",
    "48601602603",
    "0048601602603",
    "+48601602603",
    "+48 601 602 603",
    "48 601 602 603",
    "0048 601 602 603",
    "601-602-603",
    "601 602 603",
    "601.602.603",
    "(601) 602 603",
    "(+48) 601602603",
    "(+48) 601-602-603",
    "+48\N{NO-BREAK SPACE}601602603",
    "601\N{NO-BREAK SPACE}602\N{NO-BREAK SPACE}603",
    "601\N{NARROW NO-BREAK SPACE}602\N{NARROW NO-BREAK SPACE}603",
    "601\N{THIN SPACE}602\N{THIN SPACE}603",
    "６０１６０２６０３",
    "＋４８６０１６０２６０３",
    "601\N{NON-BREAKING HYPHEN}602\N{NON-BREAKING HYPHEN}603",
    "601\N{EN DASH}602\N{EN DASH}603",
    "601\N{MINUS SIGN}602\N{MINUS SIGN}603",
    "601602603.0",
    "48601602603.0",
    "601602603,0",
    " 601602603 ",
    "601602603\N{ZERO WIDTH SPACE}",
    "\N{LEFT-TO-RIGHT MARK}+48601602603",
    "\ufeff601602603",
    "'+48601602603",
    "00 48 601 602 603",
    "٦٠١٦٠٢٦٠٣",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_of_a_number_is_one_contact(text: str) -> None:
    assert normalise("phone", text) == Contact("+48601602603", "+48601602603")


@pytest.mark.parametrize(
    ("text", "number"), [("+49 30 901820", "+4930901820"), ("0044 20 7946 0958", "+442079460958")]
)
def test_numbers_of_other_countries_keep_their_code(text: str, number: str) -> None:
    assert normalise("phone", text).value == number


@pytest.mark.parametrize("text", ["6,01603E+08", "6.01603E+08", "6,01603e8", "4.8602E+10"])
def test_a_number_that_a_spreadsheet_destroyed_is_named(text: str) -> None:
    with pytest.raises(Unusable) as refused:
        normalise("phone", text)
    assert refused.value.reason == "phone_destroyed"


@pytest.mark.parametrize(
    "text",
    ["12", "abc", "601602603 w. 12", "601602603/601602604", "tel. 601602603", "0601602603", "+"],
)
def test_what_is_no_number_is_never_guessed(text: str) -> None:
    with pytest.raises(Unusable) as refused:
        normalise("phone", text)
    assert refused.value.reason == "phone_invalid"


def test_the_fast_path_agrees_with_phonenumbers() -> None:
    rng = random.Random(7)
    numbers = [f"{rng.randint(100_000_000, 999_999_999)}" for _ in range(20_000)]
    disagree = [number for number in numbers if _fast(number) != _slow(number)]
    assert disagree == []


def _fast(number: str) -> str | None:
    found = contacts._POLISH(number)
    return f"+48{found[1]}" if found else None


def _slow(number: str) -> str | None:
    parsed = phonenumbers.parse(number, "PL")
    valid = phonenumbers.is_valid_number(parsed)
    return phonenumbers.format_number(parsed, Format.E164) if valid else None


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_example_number_of_every_country_is_itself(region: str) -> None:
    number = phonenumbers.format_number(phonenumbers.example_number(region), Format.E164)
    assert normalise("phone", number).value == number


ADDRESSES = [
    ("jan@poczta.pl", "jan@poczta.pl"),
    (" Jan.Kowalski@Poczta.PL ", "Jan.Kowalski@poczta.pl"),
    ("jan@żółw.pl", "jan@xn--w-uga1v8h.pl"),
    ("jan@ŻÓŁW.pl", "jan@xn--w-uga1v8h.pl"),
    ("jan@xn--w-uga1v8h.pl", "jan@xn--w-uga1v8h.pl"),
    ("\ufeffjan@poczta.pl", "jan@poczta.pl"),
    ("jan@poczta.pl\N{ZERO WIDTH SPACE}", "jan@poczta.pl"),
    ("o'brien@firma.example.pl", "o'brien@firma.example.pl"),
    ("z\u0307o\u0301l\u0142w@firma.pl", "żólłw@firma.pl"),
]


@pytest.mark.parametrize(("text", "value"), ADDRESSES)
def test_an_address_keeps_its_local_part_and_writes_its_domain_in_ascii(
    text: str, value: str
) -> None:
    assert normalise("email", text).value == value


def test_addresses_are_compared_without_case() -> None:
    assert normalise("email", "ŁUKASZ@x.pl").key == normalise("email", "łukasz@X.PL").key


@pytest.mark.parametrize("text", ["x", "a@b", "a..b@x.pl", "a@b.test", "a@b.local", "a@1.2.3.4"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Unusable) as refused:
        normalise("email", text)
    assert refused.value.reason == "email_invalid"


def test_the_fast_path_takes_no_address_that_email_validator_refuses() -> None:
    rng = random.Random(7)
    letters = "ab0.-_+@xn--"
    made = {"".join(rng.choices(letters, k=rng.randint(3, 14))) + ".pl" for _ in range(20_000)}
    wrong = [text for text in made if contacts._PLAIN_EMAIL(text) and not _is_valid(text)]
    assert wrong == []


def _is_valid(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@pytest.mark.parametrize("kind", ["phone", "email", "handle", "device", "postal"])
def test_nothing_is_no_contact(kind: str) -> None:
    with pytest.raises(Unusable) as refused:
        normalise(kind, " \N{ZERO WIDTH SPACE} ")
    assert refused.value.reason == "contact_empty"


def test_other_kinds_are_trimmed_and_collapsed() -> None:
    assert normalise("postal", "  ul.  Długa 1\n00-238 Warszawa ").value == (
        "ul. Długa 1 00-238 Warszawa"
    )


def test_a_device_is_compared_to_the_letter() -> None:
    assert normalise("device", "aB").key != normalise("device", "ab").key


def test_a_value_longer_than_its_column_is_refused() -> None:
    with pytest.raises(Unusable) as refused:
        normalise("postal", "x" * 321)
    assert refused.value.reason == "value_too_long"


def test_the_digest_depends_on_the_kind_and_on_the_key(settings: object) -> None:
    before = keyed_hmac("email", "jan@poczta.pl")
    assert re.fullmatch("[0-9a-f]{64}", before)
    assert keyed_hmac("handle", "jan@poczta.pl") != before
    settings.HMAC_KEY = "another key, as long as a key of this house has to be"
    assert keyed_hmac("email", "jan@poczta.pl") != before


def test_an_address_is_shown_with_its_domain_in_unicode() -> None:
    assert shown_email("jan@xn--w-uga1v8h.pl") == "jan@żółw.pl"


def test_a_whole_list_is_spelled_as_its_numbers_are_one_by_one() -> None:
    rng = random.Random(11)
    plain = [f"+48{rng.randint(100_000_000, 999_999_999)}" for _ in range(500)]
    odd = ["", "brak", "6,01603E+08", "+49 30 901820", "60160260", "601602603\r", "\x0b601602603"]
    texts = [*SPELLINGS, *plain, *odd]
    expected = [_value("phone", text) for text in texts]
    assert contacts.normalise_all("phone", texts)[0] == expected
    assert contacts.normalise_all("phone", [*texts, "601\n602603"])[0] == [*expected, PLAIN]


def test_a_list_of_addresses_has_what_is_shown_and_what_is_compared() -> None:
    values, keys = contacts.normalise_all("email", ["Jan@Poczta.PL", "brak"])
    assert (values, keys) == (["Jan@poczta.pl", None], ["jan@poczta.pl", None])


def test_what_is_refused_without_asking_is_what_phonenumbers_refuse() -> None:
    rng = random.Random(5)
    digits = {str(rng.randint(0, 10**length)) for length in range(3, 14) for _ in range(400)}
    digits |= {f"{start}{each}" for start in ("48", "0", "800", "804", "64") for each in digits}
    unasked = [text for text in digits if not contacts._MAYBE_POLISH(text)]
    assert len(unasked) > 5_000
    assert [text for text in unasked if _is_number(text)] == []


def _is_number(text: str) -> bool:
    try:
        parsed = phonenumbers.parse("+" + text[2:] if text.startswith("00") else text, "PL")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed)


PLAIN = "+48601602603"


def _value(kind: str, text: str) -> str | None:
    try:
        return normalise(kind, text).value
    except Unusable:
        return None
