"""What the trail says of people's records: imports by name, people by any spelling of a number."""

import pytest

from audit import trail
from audit.act import acting, new_batch
from consents import services
from consents.models import ConsentEvent, ConsentImport
from tests.factories import PointFactory, PurposeFactory, SourceFactory

pytestmark = pytest.mark.django_db


def test_an_import_goes_by_the_name_of_its_file() -> None:
    source = SourceFactory()
    purpose = PurposeFactory()
    upload = ConsentImport.objects.create(
        source=source,
        purpose=purpose,
        file_name="formularz.csv",
        sha256="5" * 64,
        batch=new_batch(),
    )
    with acting(batch=upload.batch):
        PointFactory()
    batches = [e for e in trail.page(trail.Asked()).entries if e.batch == upload.batch]
    assert [entry.title for entry in batches] == ["Import formularz.csv"]


def test_a_person_is_found_by_any_spelling_of_a_number() -> None:
    point = PointFactory(phone=True, value="+48601602603")
    PointFactory(phone=True, value="+48601602604")
    services.give(
        point,
        PurposeFactory(),
        "voice",
        source=SourceFactory(),
        method="call",
        evidence="words heard",
    )
    found = trail.page(trail.Asked(words="0048 601-602-603")).entries
    assert {entry.table.model for entry in found} >= {ConsentEvent}
    assert {entry.record_id for entry in found if entry.table.register is type(point)} == {point.pk}


def test_entries_show_no_number() -> None:
    point = PointFactory(phone=True, value="+48601602603")
    for entry in trail.page(trail.Asked(words="+48601602603")).entries:
        told = [entry.title, *(value for _, value in entry.values)]
        assert not any(point.value[-9:] in text for text in told)
