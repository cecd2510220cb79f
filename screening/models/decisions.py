"""The access log as the register of what was answered: lists, screenings and checks."""

from typing import Self

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.choices import AccessAction
from audit.models import AccessEvent, AppendOnlyQuerySet

ANSWERS = (AccessAction.LIST, AccessAction.SCREENING, AccessAction.CHECK)


class DecisionQuerySet(AppendOnlyQuerySet):
    def answers(self) -> Self:
        """What was asked and answered anew, without later downloads and recalls of a list."""
        return self.filter(action__in=ANSWERS, closes=None, filters__list__isnull=True)

    def about(self, purpose: str) -> Self:
        """Those that name the purpose with this key, maybe among others."""
        # A key holds nothing that JSON or a pattern would read otherwise.
        among = Q(filters__purposes__icontains=f'"{purpose}"')
        return self.filter(Q(filters__purpose=purpose) | among)


class Decision(AccessEvent):
    """An answer that somebody could rely on: who asked, for what, as of when (Art. 5(2), 24)."""

    objects = DecisionQuerySet.as_manager()

    class Meta:
        proxy = True
        # Translators: "rozstrzygnięcie"
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ("view",)
        permissions = [("export_decision", "Can export the log of decisions")]

    @property
    def purpose_keys(self) -> list[str]:
        return self._listed("purpose", "purposes")

    @property
    def channel_codes(self) -> list[str]:
        return self._listed("channel", "channels")

    def _listed(self, one: str, several: str) -> list[str]:
        named = self.filters.get(one)
        return [named] if named else list(self.filters.get(several, ()))

    @property
    def allowed(self) -> int | None:
        """How many contacts might be made; None where the answer was broken off."""
        return self._counted("allowed")

    @property
    def denied(self) -> int | None:
        return self._counted("denied")

    def _counted(self, what: str) -> int | None:
        made = getattr(self, "contact_list", None)
        return getattr(made, what) if made else self.filters.get(what)
