"""A lived-in contact centre to look at: staff, registers, wordings, and 500 invented people.

Everything stands under a key and is created where it is missing, so a second run changes nothing.
"""

from django.db import transaction

from accounts.models import User
from audit.sql import refresh_statistics
from ccgdpr.demo import (
    agreements,
    balance,
    clients,
    daily_work,
    followers,
    grants,
    notices,
    oversight,
    people,
    presets,
    record,
    registers,
    sources,
    staff,
    tools,
    webhooks,
)
from ccgdpr.demo.making import by_the_demo
from consents.models import LARGE


@transaction.atomic
def build(*, password: str, key_secret: str = "") -> dict[str, User]:
    """Create what is missing of the demo, all of it or nothing; returns its staff by role.

    ``password`` is given to those of the staff who are new, ``key_secret`` ends the keys of its
    API clients, which have none without it.
    """
    with by_the_demo():
        team = staff.create(password)
        registers.create()
        agreements.create()
        tools.create(team)
        record.create()
        balance.create(team)
        sources.create(team)
        presets.create()
        is_new = people.create(team)
        grants.create(team)
        clients.create(key_secret)
        webhooks.create()
        if is_new:
            daily_work.do(team)
            followers.create()
            webhooks.tell()
        notices.create(team)
        oversight.create(team)
    if is_new:
        refresh_statistics(*LARGE)
    return team
