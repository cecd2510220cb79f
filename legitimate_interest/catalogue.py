"""The questions of the three-part test, created where missing after every migrate.

After the ICO's sample template and Guidelines 1/2024 of the EDPB, in our own words. Create-only
by key and through the real model: they have history, can be reworded in the admin, and a reworded
or retired one is never set back.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from audit.act import acting
from audit.choices import Way
from legitimate_interest.models import BalanceQuestion
from legitimate_interest.starter_questions import QUESTIONS

REASON = "starter catalogue"


@transaction.atomic
def create_missing() -> int:
    """Create the questions whose key is not in the register; returns how many."""
    known = set(BalanceQuestion.objects.values_list("slug", flat=True))
    missing = [values for values in _starters() if values["slug"] not in known]
    with acting(way=Way.COMMAND, reason=REASON):
        for values in missing:
            question = BalanceQuestion(**values)
            question.full_clean()
            question.save()
    return len(missing)


def _starters() -> list[dict[str, Any]]:
    """With positions in tens: a question of the house's own fits between two of these."""
    return [{**each, "position": 10 * place} for place, each in enumerate(QUESTIONS, start=1)]


def create_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """post_migrate of this app; a migration back to nothing leaves no table to fill."""
    if using == DEFAULT_DB_ALIAS and _table_exists():
        create_missing()


def _table_exists() -> bool:
    return BalanceQuestion._meta.db_table in connection.introspection.table_names()
