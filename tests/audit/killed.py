"""A process that changes a record and is killed at a given moment: ``killed.py MOMENT ACT``.

Run by test_kill.py in the house's environment on the test's database.
"""

import os
import signal
import sys

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models.signals import post_save, pre_save  # noqa: E402

from audit import bulk  # noqa: E402
from processors.models import Organisation  # noqa: E402

HISTORY = Organisation.history.model


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_statement(number: int) -> None:
    """Be killed in place of the ``number``-th statement that writes."""
    seen = 0

    def execute(run, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal seen
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "RELEASE", "COMMIT")):
            seen += 1
            if seen == number:
                die()
        return run(sql, params, many, context)

    connection.execute_wrappers.append(execute)


def arm(moment: str) -> None:
    kind, _, number = moment.partition(":")
    if kind == "statement":
        die_at_statement(int(number))
    elif kind == "commit":
        connection._commit = die
    else:
        signals = {"pre_save": pre_save, "post_save": post_save}
        sender = HISTORY if number == "history" else Organisation
        signals[kind].connect(die, sender=sender, weak=False)


def create() -> None:
    Organisation(slug="nowa", name="Nowa").save()


def change() -> None:
    record = Organisation.objects.get(slug="stara")
    record.name = "Nowa"
    record.save()


def change_many() -> None:
    bulk.update(Organisation.objects.all(), name="Nowa")


arm(sys.argv[1])
{"create": create, "change": change, "change_many": change_many}[sys.argv[2]]()
