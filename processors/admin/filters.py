"""Questions that lists of this room answer."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import rules
from processors.choices import AgreementStatus


class YesFilter(admin.SimpleListFilter):
    """Narrows to what it is called, or not at all."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return self.narrowed(queryset) if self.value() else queryset

    def narrowed(self, records: Any) -> Any:
        raise NotImplementedError


class BrokenFilter(YesFilter):
    # Translators: "wymaga uwagi"
    title = _("needs attention")
    parameter_name = "attention"

    def narrowed(self, records: Any) -> Any:
        return rules.with_findings(records)


class RenewalFilter(YesFilter):
    # Translators: "kończy się w ciągu 90 dni"
    title = _("ends within 90 days")
    parameter_name = "renewal"

    def narrowed(self, records: Any) -> Any:
        return records.expiring(timezone.localdate())


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(AgreementStatus.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in AgreementStatus.values:
            return queryset
        return queryset.with_status(self.value(), timezone.localdate())


class WayRoundFilter(admin.SimpleListFilter):
    # Translators: "kierunek powierzenia"
    title = _("way round")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("given", _("we entrust")), ("taken", _("entrusted to us"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "given":
            return queryset.given()
        return queryset.taken() if self.value() == "taken" else queryset


class RunningFilter(admin.SimpleListFilter):
    """Rows with ``since`` and ``until``: those of today, or those that are over."""

    # Translators: "trwa"
    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("going on")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        day = timezone.localdate()
        if self.value() == "over":
            return queryset.filter(until__lte=day)
        running = Q(until=None) | Q(until__gt=day)
        return queryset.filter(running, since__lte=day) if self.value() == "now" else queryset


def needing_attention(model: type[Model]) -> int:
    return rules.with_findings(model._default_manager.all()).count()
