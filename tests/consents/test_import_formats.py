"""Files that come back or belong together: our own export, Salesforce with its contacts."""

from datetime import UTC
from pathlib import Path

import pytest

from audit.reading.errors import Refused
from consents.models import (
    Consent,
)
from consents.services import withdraw
from tests.consents.files import (
    FLAGS,
    YES_NO,
    imported,
    numbers,
    one,
    row_counts,
    staged,
    table,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("import_house")]
AS_OF = "2026-01-31T12:00"


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
    before = row_counts()
    counts = imported(exported("anna@poczta.example"))
    assert numbers(counts) == {"rows": 1, "unchanged": 1}
    assert (counts["format"], row_counts()) == ("ccgdpr", before)


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
