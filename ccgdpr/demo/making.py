"""How the demo makes a record: by its key, through the model's own checks, with history."""

import tomllib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from accounts.models import User
from audit.act import Act, acting, new_batch
from audit.choices import Way
from audit.days import midnight
from audit.models import AuditedModel

CONTENT = Path(__file__).parent / "content"
REASON = "Dane pokazowe"

Record = TypeVar("Record", bound=AuditedModel)


@contextmanager
def by_the_demo() -> Iterator[None]:
    """One batch for the whole demo, so that the trail shows it as one entry."""
    with acting(by=None, way=Way.COMMAND, reason=REASON, batch=new_batch()):
        yield


def by_hand(user: User, reason: str) -> AbstractContextManager[Act]:
    """What a person does on a screen: an entry of its own, apart from that of the demo."""
    return acting(by=user, way=Way.ADMIN, reason=reason, batch=None)


def content(name: str) -> dict[str, Any]:
    """What stands in ``content/<name>.toml``."""
    with (CONTENT / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def texts_in(folder: str) -> Iterator[dict[str, Any]]:
    """What stands in each file of ``content/<folder>``, in the order of their names."""
    for path in sorted((CONTENT / folder).glob("*.toml")):
        yield content(f"{folder}/{path.stem}")


def make(model: type[Record], key: dict[str, Any], **values: Any) -> tuple[Record, bool]:
    """The record with ``key``, created with ``values`` if there is none; and whether it was."""
    if found := model.objects.filter(**key).first():
        return found, False
    record = model(**key, **values)
    record.full_clean(exclude=["sha256"])
    record.save()
    return record, True


def warsaw(year: int, month: int, day: int) -> datetime:
    """The first instant of a local day."""
    return midnight(date(year, month, day))


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)
