"""An import that is stopped goes on, and leaves nothing behind."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from audit.jobs import Lost
from consents.choices import ImportState
from consents.importing import staging
from consents.importing.applying import apply, outcome
from consents.importing.rejects import rejects
from consents.importing.uploads import sweep
from consents.models import (
    ConsentImport,
    StagedAct,
    StagedContact,
    StagedReject,
)
from tests.consents.files import (
    EXCEL,
    FLAGS,
    SAMPLES,
    YES_NO,
    Stop,
    chunks_of,
    imported,
    numbers,
    staged,
    stop_after,
)

MAILCHIMP = {
    "rows": 300,
    "given": 300,
    "confirmed": 261,
    "withdrawn": 80,
    "restricted": 20,
    "protected": 80,
    "applied": 300,
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("import_house")]


# Stopped and gone on -----------------------------------------------------------------------------


@pytest.mark.parametrize("stopped", [1, 2, 3, 4])
def test_a_stopped_import_goes_on_where_it_stood(
    monkeypatch: pytest.MonkeyPatch, stopped: int
) -> None:
    chunks_of(monkeypatch, 70)
    upload = staged(SAMPLES / "mailchimp_audience_export.zip")
    with pytest.raises(Stop):
        apply(upload, beat=stop_after(stopped))
    upload = ConsentImport.objects.get()
    assert upload.state == ImportState.APPLYING
    apply(upload)
    assert numbers(outcome(upload)) == MAILCHIMP


def test_a_reading_that_another_worker_took_over_leaves_what_the_other_stages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = staged(SAMPLES / "mailchimp_audience_export.zip")

    def read(reader: staging._Reader) -> None:
        StagedReject.objects.create(upload=reader.upload, line=1, reason="x")  # by the other
        raise Lost

    monkeypatch.setattr(staging._Reader, "read", read)
    with pytest.raises(Lost):
        staging.stage(upload, SimpleNamespace(contacts=None, tables=()))
    assert StagedReject.objects.count() == 1


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
