"""What moved in the registers since versions of notices were written from them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from notices.models import NoticeVersion
from notices.writing import snapshot
from notices.writing.registers import Facts, Registers
from notices.writing.snapshot import Difference


def differences_of(versions: QuerySet) -> dict[int, list[Difference]]:
    """By version: how the registers now differ from what it was written from.

    So many queries for any number of versions. A version that was not written from the registers,
    such as an imported one before it was submitted, differs in nothing.
    """
    known = list(
        versions.select_related("notice__controller").prefetch_related("purposes_named__purpose")
    )
    if not known:
        return {}
    registers = Registers.of(link.purpose for each in known for link in each.purposes_named.all())
    return {
        version.pk: snapshot.differences(
            version.basis, snapshot.taken(facts_now(version, registers))
        )
        for version in known
    }


def facts_now(version: NoticeVersion, registers: Registers) -> Facts:
    """What ``version`` would have to tell now: new purposes of its activities included."""
    notice = version.notice
    named = [link.purpose for link in version.purposes_named.all()]
    activities = {purpose.activity_id for purpose in named}
    passed_over = set(version.basis.get("passed_over", ()))
    new = {
        purpose.pk
        for purpose in registers.purposes
        if purpose.activity_id in activities and purpose.pk not in passed_over
    }
    return registers.facts(notice.controller, notice.article, {p.pk for p in named} | new)


def stale_notices(notices: QuerySet) -> Iterable[int]:
    """Keys of those whose version in force no longer tells what the registers say."""
    current = NoticeVersion.objects.in_force().filter(notice__in=notices)
    moved = {key for key, found in differences_of(current).items() if found}
    return {each.notice_id for each in current.filter(pk__in=moved)} if moved else set()
