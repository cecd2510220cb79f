"""Which mends are for whom: a button that leads to a refusal is none."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from django.contrib import admin
from django.urls import Resolver404, resolve, reverse

from audit.acknowledging import may_acknowledge
from audit.rules import Finding, Rule
from audit.way_back import Place, carried, record_page, tokens_with

READING = ("view_", "export_")
FIELD = "_field"


def for_reader(
    findings: Iterable[Any], user: Any, place: Place, outer: Sequence[str] = ()
) -> list[Any]:
    """The same findings with the mends and acknowledgements that ``user`` may do.

    The mends know the way back to ``place``, and from there to where ``outer`` leads.
    """
    return [
        _for(each, user, place, outer) if isinstance(each, Finding) else each for each in findings
    ]


def _for(finding: Finding, user: Any, place: Place, outer: Sequence[str]) -> Finding:
    may = finding.acknowledgement is None and may_acknowledge(user, finding.rule)
    return replace(
        finding,
        mends_at=_mend(finding, user, tokens_with(finding, place, outer)),
        acknowledge_url=acknowledge_url(finding.rule, finding.record.pk) if may else "",
        record_url=record_page(finding.record) if finding.rule.is_seen_by(user) else "",
    )


def _mend(finding: Finding, user: Any, tokens: Sequence[str]) -> str:
    url = finding.mend_url
    return carried(url, tokens) if may_follow(user, url) else ""


def acknowledge_url(rule: Rule, record_id: int) -> str:
    return reverse("admin:audit_acknowledge", args=[rule.code, record_id])


def may_follow(user: Any, url: str) -> bool:
    """Whether ``user`` may do something at ``url``, and not only look there."""
    page, _sign, place = url.partition("#")
    try:
        name = resolve(page.split("?")[0]).url_name or ""
    except Resolver404:
        return bool(url)
    if place.startswith("id_"):
        # A field of the form is not for those who have but verbs there.
        name = name.removesuffix("_change") + FIELD
    needed = _doors().get(name)
    if needed is None:
        return _works_in(user, name.partition("_")[0])
    return any(user.has_perm(permission) for permission in needed)


def _works_in(user: Any, room: str) -> bool:
    """A screen that belongs to no register is for whoever does more in its room than look."""
    held = (name.partition(".") for name in user.get_all_permissions())
    return any(app == room and not name.startswith(READING) for app, _dot, name in held)


@cache
def _doors() -> dict[str, tuple[str, ...]]:
    """Permissions that open each form of the registers, by the name of its address."""
    doors: dict[str, tuple[str, ...]] = {}
    for model, model_admin in admin.site._registry.items():
        room, name = model._meta.app_label, model._meta.model_name
        verbs = getattr(model_admin, "verbs", ())
        doors |= {f"{room}_{name}_{verb.name}": (verb.permission,) for verb in verbs}
        doors[f"{room}_{name}_add"] = (f"{room}.add_{name}",)
        doors[f"{room}_{name}{FIELD}"] = (f"{room}.change_{name}",)
        # A record's page is where its verbs are.
        doors[f"{room}_{name}_change"] = (
            f"{room}.change_{name}",
            *(verb.permission for verb in verbs),
        )
    return doors
