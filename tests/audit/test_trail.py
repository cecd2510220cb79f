"""Who changed what, when and why, over all registers."""

import csv
import io
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit import bulk, trail
from audit.act import acting, new_batch
from audit.choices import Way
from audit.models import AccessEvent
from processors.models import Organisation
from tests.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
HERE = "processors.organisation"


@pytest.fixture
def dpo() -> User:
    return UserFactory(full_name="Marta Zielińska")


@pytest.fixture
def auditor(client: Client) -> User:
    user = UserFactory(auditor=True, full_name="Piotr Lis")
    client.force_login(user)
    return user


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory(name="Voicebot Anna")


def rename(record: Organisation, name: str, **act: object) -> None:
    with acting(**act):
        record.name = name
        record.save()


def entries(**asked: object) -> list[trail.Entry]:
    return trail.page(trail.Asked(**{"register": HERE, **asked})).entries


def test_whoever_came_by_a_link_is_the_person_and_not_the_system(
    organisation: Organisation,
) -> None:
    rename(organisation, "Voicebot Ewa", by=None, way=Way.LINK, reason="")
    rename(organisation, "Voicebot Ola", by=None, way=Way.COMMAND, reason="")
    assert [entry.who for entry in entries()[:2]] == ["the system", "the person concerned"]


def test_an_entry_says_who_what_why_and_by_which_way(dpo: User, organisation: Organisation) -> None:
    rename(organisation, "Voicebot Ewa", by=dpo, reason="vendor: aneks nr 2", way=Way.ADMIN)
    entry = entries()[0]
    assert (entry.who, entry.way_label, entry.record_name) == (
        "Marta Zielińska",
        "panel",
        "Voicebot Ewa",
    )
    assert [(c.name, c.before, c.after) for c in entry.changes] == [
        ("name", "Voicebot Anna", "Voicebot Ewa")
    ]
    assert entry.why.endswith(": aneks nr 2")


def test_a_batch_is_one_entry_however_many_registers_it_touched(dpo: User) -> None:
    batch = new_batch()
    with acting(by=dpo, batch=batch, way=Way.IMPORT):
        OrganisationFactory(client=True)
        OrganisationFactory(vendor=True)
        UserFactory(auditor=True)
    found = [e for e in trail.page(trail.Asked()).entries if e.batch == batch]
    assert len(found) == 1
    assert {(c.table.key, c.number) for c in found[0].counts} == {(HERE, 2), ("accounts.user", 1)}


def test_a_batch_opens_to_its_single_changes(dpo: User) -> None:
    batch = new_batch()
    with acting(by=dpo, batch=batch):
        OrganisationFactory(client=True)
    assert [e.record_name for e in trail.page(trail.Asked(batch=batch)).entries] == [
        "Sklep sp. z o.o."
    ]


def test_counts_of_large_batches_stop_early(dpo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.trail.telling.COUNTED", 1)
    monkeypatch.setattr("audit.trail.entries.COUNTED", 1)
    with acting(batch=new_batch()):
        OrganisationFactory(client=True)
        OrganisationFactory(vendor=True)
    entry = entries()[0]
    assert (entry.total, entry.is_more) == (1, True)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_entry_once(dpo: User, organisation: Organisation, size: int) -> None:
    for number in range(5):
        rename(organisation, f"Nazwa {number}", by=dpo)
        with acting(batch=new_batch()):
            bulk.update(Organisation.objects.all(), address=f"ulica {number}")
    paged, older = [], None
    while older != "":
        page = trail.page(trail.Asked(), older or "", size=size)
        paged += [str(entry.key) for entry in page.entries]
        older = page.older
    whole = [str(entry.key) for entry in trail.page(trail.Asked(), size=1000).entries]
    assert paged == whole
    assert len(set(whole)) == len(whole)


def test_entries_of_one_instant_are_not_lost_between_pages(
    dpo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = (timezone.now() + timedelta(hours=1)).replace(microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    OrganisationFactory(client=True)
    UserFactory()
    OrganisationFactory(vendor=True)
    with acting(batch=new_batch()):
        OrganisationFactory()
    pages: list[trail.Entry] = []
    older = ""
    for _ in range(4):
        page = trail.page(trail.Asked(), older, size=1)
        pages, older = [*pages, *page.entries], page.older
    assert {entry.at for entry in pages} == {moment}
    assert len({str(entry.key) for entry in pages}) == 4


def test_a_key_that_nobody_handed_out_begins_anew(organisation: Organisation) -> None:
    for broken in ("x", "1~2~3", "20260101T000000.000000~-1~3", "~~"):
        assert trail.page(trail.Asked(register=HERE), broken).entries


FILTERS = [
    ({"person": "system"}, ["+"]),
    ({"person": "self"}, ["~"]),
    ({"way": Way.ADMIN}, ["~"]),
    ({"action": "+"}, ["+"]),
    ({"action": "*"}, []),
    ({"register": "accounts.user", "action": "-"}, []),
    ({"words": "ANEKS"}, ["~"]),
    ({"words": "voicebot"}, ["~", "+"]),
    ({"words": "nothing like it"}, []),
]


@pytest.mark.parametrize(("asked", "found"), FILTERS)
def test_filters_narrow(
    dpo: User, organisation: Organisation, asked: dict[str, str], found: list[str]
) -> None:
    rename(organisation, "Voicebot Ewa", by=dpo, way=Way.ADMIN, reason="vendor: Aneks nr 2")
    if asked.get("person") == "self":
        asked = {"person": str(dpo.pk)}
    assert [entry.action for entry in entries(**asked)] == found


def test_days_are_local_and_both_included(organisation: Organisation) -> None:
    today = timezone.localdate()
    assert entries(since=today, until=today)
    assert not entries(since=today + timedelta(days=1))
    assert not entries(until=today - timedelta(days=1))


def test_search_by_cause_speaks_the_language_of_the_screen(
    dpo: User, organisation: Organisation
) -> None:
    rename(organisation, "Voicebot Ewa", reason="law:")
    assert [entry.action for entry in entries(words="change of law")] == ["~"]


def test_a_record_is_found_within_a_batch(organisation: Organisation) -> None:
    with acting(batch=new_batch()):
        bulk.update(Organisation.objects.all(), address="Warszawa")
    assert [e.action for e in entries(words="voicebot") if not e.is_batch] == ["~", "+"]


@pytest.fixture
def _registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.trail.rooms._describers", [])
    monkeypatch.setattr("audit.trail.rooms._finders", [])


@pytest.mark.usefixtures("_registries")
def test_rooms_name_their_batches_and_find_their_records(organisation: Organisation) -> None:
    batch = new_batch()
    with acting(batch=batch):
        bulk.update(Organisation.objects.all(), address="Warszawa")
    trail.describe_batches(lambda uuids: {u: trail.Told("Import ludzie.csv") for u in uuids})
    trail.find_records(lambda words: [(Organisation, [organisation.pk])] if words == "601" else [])
    assert [e.title for e in entries() if e.is_batch] == ["Import ludzie.csv"]
    assert {e.record_id for e in entries(words="601") if not e.is_batch} == {organisation.pk}


def queries_of_a_page(size: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert len(trail.page(trail.Asked(), size=size).entries) == size
    return len(captured)


def test_the_number_of_queries_does_not_grow(dpo: User, organisation: Organisation) -> None:
    for number in range(40):
        rename(organisation, f"Nazwa {number}", by=dpo)
        if number % 4 == 0:
            with acting(batch=new_batch()):
                bulk.update(Organisation.objects.all(), address=f"ulica {number}")
    few = queries_of_a_page(8)
    assert queries_of_a_page(40) <= few
    # A count for each table, and a handful for what they hold.
    assert few <= len(trail.tables()) + 10


def test_latest_is_for_who_may_see_the_trail(organisation: Organisation) -> None:
    assert trail.latest(UserFactory(), 2)
    assert trail.latest(UserFactory(supervisor=True), 2) == []


# On screen --------------------------------------------------------------------------------------


def test_the_page_shows_the_difference(
    client: Client, auditor: User, dpo: User, organisation: Organisation
) -> None:
    rename(organisation, "Voicebot Ewa", by=dpo)
    page = client.get("/admin/trail/").content.decode()
    assert "<del>Voicebot Anna</del> → <ins>Voicebot Ewa</ins>" in page
    assert "Marta Zielińska" in page


def test_searched_words_stay_out_of_addresses(client: Client, auditor: User) -> None:
    page = client.post("/admin/trail/", {"words": "+48601602603"})
    assert "601602603" not in "".join(
        part for part in page.content.decode().split('"') if part.startswith(("/", "?"))
    )


@pytest.mark.parametrize("role", ["supervisor"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("url", ["/admin/trail/", "/admin/trail/export/"])
def test_a_supervisor_sees_no_trail(client: Client, role: str, method: str, url: str) -> None:
    client.force_login(UserFactory(**{role: True}))
    assert getattr(client, method)(url).status_code in (403, 405)


def export(client: Client, **asked: str) -> tuple[bytes, zipfile.ZipFile]:
    response = client.post("/admin/trail/export/", asked)
    body = b"".join(response.streaming_content)
    return body, zipfile.ZipFile(io.BytesIO(body))


def test_an_export_brings_its_protocol(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    _body, archive = export(client, register=HERE)
    protocol = archive.read("protocol.txt").decode()
    assert sha256(archive.read("trail.csv")).hexdigest() in protocol
    assert "register: processors.organisation" in protocol
    assert "Piotr Lis" in protocol


def test_an_export_holds_each_changed_field(
    client: Client, auditor: User, dpo: User, organisation: Organisation
) -> None:
    rename(organisation, "=Voicebot", by=dpo, reason="vendor: aneks nr 2")
    _body, archive = export(client, register=HERE, action="~")
    rows = list(csv.DictReader(io.StringIO(archive.read("trail.csv").decode(), newline="")))
    assert [(r["who"], r["before"], r["after"]) for r in rows] == [
        ("Marta Zielińska", "Voicebot Anna", "'=Voicebot")
    ]


def test_an_export_is_in_the_access_log_with_the_hash_of_its_bytes(
    client: Client, auditor: User, organisation: Organisation
) -> None:
    body, _archive = export(client, register=HERE, words="voicebot")
    opening, closing = AccessEvent.objects.order_by("id")
    assert opening.filters == {"register": HERE, "words": "***"}
    assert (closing.closes, closing.recorded_by) == (opening, auditor)
    assert (closing.rows, closing.sha256) == (1, sha256(body).hexdigest())
