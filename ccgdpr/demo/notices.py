"""The notices, drafted from the registers and carried on by the verbs as people would.

Their words stand in content/notices.toml. The registers move on after they were published: the
voicebot that joins the chat makes its notice stale.
"""

import re
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from audit.days import midnight
from ccgdpr.demo.making import by_hand, content, days_ago, make
from ccgdpr.demo.registers import OWN
from legitimate_interest.models import BalanceTest
from notices import services
from notices.choices import Coverage, Topic
from notices.models import Notice, NoticeVersion
from notices.writing.pen import MARKS, plain
from processing.models import ActivityTool, ProcessingActivity, Purpose
from processors.models import AutomationTool, Organisation

CHAT = 10  # its number in the record
Team = dict[str, User]


def create(team: Team) -> None:
    """The notices that are not there yet; afterwards the registers move on, as they do."""
    own = Organisation.objects.get(slug=OWN)
    for facts in content("notices")["notice"]:
        versions = facts.pop("version")
        with by_hand(team[Role.DPO], "Nowa klauzula"):
            notice, is_new = make(Notice, {"slug": facts.pop("slug")}, controller=own, **facts)
        for told in versions if is_new else ():
            _tell(notice, team, **told)
    _move_on(team)


def _tell(
    notice: Notice,
    team: Team,
    *,
    purposes: str,
    began: date | None = None,
    began_in: int | None = None,
    told: dict[str, Any] | None = None,
    **words: str,
) -> None:
    """A version that begins on a day, or so many days from now; without either it awaits its turn.

    ``told`` is how people were told of it, ``words`` what changed and what its author added.
    """
    with by_hand(team[Role.DPO], "Szkic z rejestrów"):
        version = services.draft(notice, _purposes(purposes), by=team[Role.DPO])
        if words:
            _finish(version, **words)
        version.submit()
    begins = began or (timezone.localdate(days_ago(-began_in)) if began_in else None)
    if begins:
        _publish(version, begins, team)
        if told:
            _announce(version, begins, team, **told)


def _announce(
    version: NoticeVersion, begins: date, team: Team, *, days_after: int, **facts: Any
) -> None:
    """Told some days after it began; before, where the number is negative."""
    with by_hand(team[Role.DPO], "Zawiadomienie o zmianie"):
        services.announce(version, told_on=begins + timedelta(days=days_after), **facts)


def _purposes(slugs: str) -> list[Purpose]:
    named = Purpose.objects.active().filter(slug__in=slugs.split())
    return list(named.select_related("activity"))


def _finish(version: NoticeVersion, **words: str) -> None:
    """What its author does by hand before anybody else reads it."""
    for name in ("change_pl", "change_en"):
        setattr(version, name, words.get(name, ""))
    for code in MARKS:
        if added := words.get(f"added_{code}"):
            setattr(version, f"text_{code}", f"{getattr(version, f'text_{code}')}\n{added}\n")
    _name_the_interest_of_then(version)
    version.full_clean()
    version.save()


def _name_the_interest_of_then(version: NoticeVersion) -> None:
    """A test that has run out since was in force when the notice was written, and told in it."""
    named = Q(purpose__in=version.purposes_named.values("purpose"))
    for test in BalanceTest.objects.expired().filter(named):
        for code, mark in MARKS.items():
            gap = re.compile(rf"\*\*\\\[{mark}: .*?\\\]\*\*")
            interest = plain(getattr(test, f"interest_{code}"))
            text = gap.sub(lambda _gap, words=interest: words, getattr(version, f"text_{code}"))
            setattr(version, f"text_{code}", text)
        check = version.checks.get(element__topic=Topic.INTERESTS)
        check.coverage, check.gap_pl, check.gap_en = Coverage.COVERED, "", ""
        check.full_clean()
        check.save()


def _publish(version: NoticeVersion, day: date, team: Team) -> None:
    approver, dpo = team[Role.APPROVER], team[Role.DPO]
    with by_hand(approver, "Treść zatwierdzona"):
        version.approve(by=approver)
    with by_hand(dpo, "Publikacja klauzuli"):
        services.publish(version, by=dpo, effective_from=midnight(day))


def _move_on(team: Team) -> None:
    """The voicebot was proposed after people had been told of the chat."""
    tool = AutomationTool.objects.get(slug="voicebot-anna")
    uses: dict[str, Any] = {
        "activity": ProcessingActivity.objects.own().get(number=CHAT),
        "tool": tool,
    }
    with by_hand(team[Role.DPO], "Propozycja dostawcy"):
        make(ActivityTool, uses, since=tool.proposed_at)
