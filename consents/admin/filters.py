"""Filters of the consent room: each one parameter, answered by an index or by nothing."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.days import midnight
from consents.admin.shown import SOON, contact, several_controllers
from consents.choices import (
    ConsentState,
    EventKind,
    ImportState,
    RestrictionKind,
    RetiredFor,
    ReviewOutcome,
    SourceKind,
    SubjectKind,
    SuppressionOrigin,
    SuppressionScope,
)
from consents.models import (
    LIVE,
    Consent,
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    WordingReview,
)
from processing.choices import Channel, ContactKind, Regime
from processing.models import Purpose
from processors.models import Organisation

Choices = Iterable[tuple[str, Any]]


class KeyFilter(admin.SimpleListFilter):
    """By a foreign key, whose records are few enough to be listed."""

    path = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.path: value}) if value.isdecimal() else queryset.none()


class PurposeFilter(KeyFilter):
    title, parameter_name, path = _("purpose"), "purpose", "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Purposes about which anybody said something or could: the others only crowd the list."""
        said = Consent.objects.filter(purpose=OuterRef("pk"))
        asked = ConsentWording.objects.filter(purpose=OuterRef("pk"))
        found = Purpose.objects.filter(Exists(said) | Exists(asked))
        return [(str(purpose.pk), purpose.name) for purpose in found]


class SourceFilter(KeyFilter):
    title, parameter_name, path = _("lead source"), "source", "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(source.pk), source.name) for source in LeadSource.objects.all()]


class ConsentSourceFilter(SourceFilter):
    path = "event__source"


class ControllerFilter(KeyFilter):
    """Only where there is more than one: a house with one controller never sees the field."""

    title, parameter_name, path = _("controller"), "controller", "controller"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        if not several_controllers():
            return []
        found = Organisation.objects.filter(activities__isnull=False).distinct()
        return [(str(organisation.pk), organisation.name) for organisation in found]


class PointControllerFilter(ControllerFilter):
    path = "contact_point__controller"


class SourceControllerFilter(ControllerFilter):
    path = "source__controller"


class PurposeControllerFilter(ControllerFilter):
    path = "purpose__activity__controller"


class StateFilter(admin.SimpleListFilter):
    """States as the badge says them: expiry is compared, never stored."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            *ConsentState.choices[:-1],
            ("expired", _("Expired")),
            ("expiring", _("Expires within 30 days")),
            ConsentState.choices[-1],
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        moment, value = timezone.now(), self.value()
        conditions = {
            "given": Q(state=ConsentState.GIVEN)
            & (Q(valid_until=None) | Q(valid_until__gt=moment)),
            "expired": Q(state=ConsentState.GIVEN, valid_until__lte=moment),
            "expiring": Q(
                state=ConsentState.GIVEN, valid_until__gt=moment, valid_until__lte=moment + SOON
            ),
        }
        return queryset.filter(conditions.get(value, Q(state=value))) if value else queryset


class ChangedFilter(admin.SimpleListFilter):
    title, parameter_name = _("changed"), "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("0", _("today")), ("7", _("last 7 days")), ("30", _("last 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        days = self.value()
        if days not in ("0", "7", "30"):
            return queryset
        since = midnight(timezone.localdate() - timedelta(days=int(days)))
        return queryset.filter(last_recorded_at__gte=since)


class AttentionFilter(admin.SimpleListFilter):
    """What somebody should look at: unconfirmed, about to end, or resting on no known wording."""

    title, parameter_name = _("attention"), "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("1", _("needs attention")), ("wording", _("wording unknown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "wording":
            return queryset.without_wording()
        return queryset.needing_attention(timezone.now() + SOON) if self.value() else queryset


class ContactFilter(admin.SimpleListFilter):
    """One number or address, by its keyed digest; set by a search, and shown masked."""

    title, parameter_name = _("contact"), "contact"
    path = "contact_point__hmac__in"

    def has_output(self) -> bool:
        return bool(self.value())

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return []

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        drop = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": False, "query_string": drop, "display": _("All")}
        if self.value():
            here = changelist.get_query_string()
            yield {"selected": True, "query_string": here, "display": self.shown()}

    def asked(self) -> list[str]:
        return (self.value() or "").split(",")[:50]

    def shown(self) -> str:
        point = ContactPoint.objects.filter(hmac__in=self.asked()).first()
        return contact(point) if point else str(_("not in the register"))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.path: self.asked()}) if self.value() else queryset


class OwnContactFilter(ContactFilter):
    """The list of contact points, or of suppressions, itself."""

    path = "hmac__in"


class SubjectContactFilter(ContactFilter):
    path = "contact_points__hmac__in"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        # A list of keys, not a join: a person with the number twice stands in the list once.
        held = ContactPoint.objects.filter(hmac__in=self.asked()).values("subject")
        return queryset.filter(pk__in=held)


class PersonFilter(ContactFilter):
    """Some people by row key; set by a search for a reference or an external id."""

    title, parameter_name = _("person"), "person"
    path = "contact_point__subject__in"

    def asked(self) -> list[str]:
        return [key for key in super().asked() if key.isdecimal()]

    def shown(self) -> str:
        people = DataSubject.objects.filter(pk__in=self.asked())
        return ", ".join(subject.reference for subject in people)


class OwnPersonFilter(PersonFilter):
    path = "pk__in"


class PointPersonFilter(PersonFilter):
    path = "subject__in"


class RetiredFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("live", _("live")), *RetiredFor.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "live":
            return queryset.filter(LIVE)
        return queryset.filter(retired_for=self.value()) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    """Whether a restriction or suppression still stands."""

    title, parameter_name = _("state"), "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("1", _("standing")), ("0", _("lifted or past"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("0", "1"):
            return queryset
        # Lifting rows themselves are neither: they are shown with what they lift.
        rows = queryset.filter(lifts=None)
        standing = queryset.model.objects.standing().values("pk")
        return (
            rows.filter(pk__in=standing) if self.value() == "1" else rows.exclude(pk__in=standing)
        )


class ChoiceFilter(admin.SimpleListFilter):
    """By one of the few values of a column."""

    column = "kind"
    options: Choices = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return self.options

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class ChannelFilter(ChoiceFilter):
    title, parameter_name, options = _("channel"), "channel", Channel.choices
    column = "channel"


class RestrictionKindFilter(ChoiceFilter):
    title, parameter_name, options = _("kind"), "kind", RestrictionKind.choices


class EventKindFilter(ChoiceFilter):
    title, parameter_name, options = _("what"), "kind", EventKind.choices


class SubjectKindFilter(ChoiceFilter):
    title, parameter_name, options = _("kind"), "kind", SubjectKind.choices


class ContactKindFilter(ChoiceFilter):
    title, parameter_name, options = _("kind"), "kind", ContactKind.choices


class SourceKindFilter(ChoiceFilter):
    title, parameter_name, options = _("kind"), "kind", SourceKind.choices


class ScopeFilter(ChoiceFilter):
    title, parameter_name, options = _("scope"), "scope", SuppressionScope.choices
    column = "scope"


class OriginFilter(ChoiceFilter):
    title, parameter_name, options = _("origin"), "origin", SuppressionOrigin.choices
    column = "origin"


class RegimeFilter(ChoiceFilter):
    title, parameter_name, options = _("collected under"), "regime", Regime.choices
    column = "regime"


class ReviewRegimeFilter(ChoiceFilter):
    title, parameter_name, options = _("under"), "regime", Regime.choices
    column = "regime"


class OutcomeFilter(ChoiceFilter):
    title, parameter_name, options = _("outcome"), "outcome", ReviewOutcome.choices
    column = "outcome"


class ReviewFilter(admin.SimpleListFilter):
    """Wordings by the latest thing that any review found."""

    title, parameter_name = pgettext_lazy("of a wording", "review"), "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [*ReviewOutcome.choices, ("none", _("not reviewed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "none":
            return queryset.filter(reviews=None)
        latest = WordingReview.objects.filter(wording=OuterRef("pk")).order_by(
            "-effective_from", "-id"
        )
        found = queryset.annotate(latest=Subquery(latest.values("outcome")[:1]))
        return found.filter(latest=self.value()) if self.value() else queryset


class ImportStateFilter(ChoiceFilter):
    title, parameter_name, options = _("state"), "state", ImportState.choices
    column = "state"


class MinorFilter(admin.SimpleListFilter):
    title, parameter_name = _("apparent minor"), "minor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("1", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(minor_since__isnull=False) if self.value() else queryset


class InformedFilter(admin.SimpleListFilter):
    """The Art. 14 clock."""

    title, parameter_name = _("informing (Art. 14)"), "art14"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("overdue", _("overdue")),
            ("waiting", _("still to inform")),
            ("informed", _("informed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        if self.value() == "waiting":
            return queryset.filter(informed_on=None, due_on__isnull=False)
        return queryset.filter(informed_on__isnull=False) if self.value() else queryset
