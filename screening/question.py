"""The question that a verdict answers, with what the registers said then (verdict.md §2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from legitimate_interest.models import BalanceTest
from notices.models import NoticeVersion
from processing.choices import KIND_OF_CHANNEL, Basis, Channel, Protects, Regime
from processing.models import ActivityTool, ChannelRule, Purpose
from processors.models import AutomationTool
from screening.gates import DUTIES, GATES


class Unanswerable(ValueError):
    """A question without a verdict: an unknown name, or a channel that no law is recorded for."""


@dataclass(frozen=True)
class Question:
    """May people be contacted for ``purpose`` on ``channel`` at ``at``, as known then?

    With ``tool``, if one is named; what the registers answer is read once for a whole batch.
    """

    purpose: Purpose
    channel: str
    at: datetime
    known_at: datetime
    rules: tuple[ChannelRule, ...] = field(repr=False)
    tool: AutomationTool | None = None

    @property
    def day(self) -> date:
        return local_day(self.at)

    @property
    def contact_kind(self) -> str:
        return KIND_OF_CHANNEL[self.channel]

    @property
    def controller_id(self) -> int:
        return self.purpose.activity.controller_id

    @property
    def is_commercial(self) -> bool:
        return self.purpose.is_commercial

    def requiring(self, *, natural: bool) -> tuple[ChannelRule, ...]:
        """The rules that ask for consent of a natural person, or of a company."""
        if not self.is_commercial:
            return ()
        return tuple(
            rule
            for rule in self.rules
            if rule.consent_required and (natural or rule.protects == Protects.EVERYBODY)
        )

    def needs_consent(self, *, natural: bool) -> bool:
        """By the channel's rule, or by Art. 6(1)(a): no matter of companies without people."""
        by_basis = natural and self.purpose.basis == Basis.CONSENT
        return by_basis or bool(self.requiring(natural=natural))

    def regimes(self, *, natural: bool) -> tuple[str, ...]:
        """Under which a wording must be without objections: the GDPR if no rule requires it."""
        required = {rule.regime for rule in self.requiring(natural=natural)}
        return tuple(sorted(required)) or (Regime.GDPR,)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Codes that close the purpose for everybody, in order."""
        return tuple(code for code, closes in GATES if closes(self))

    @cached_property
    def obligations(self) -> tuple[str, ...]:
        """Codes that come with every allow, in order; the Art. 14 notice depends on the contact."""
        return tuple(code for code, applies in DUTIES if applies(self))

    # What the registers said then -------------------------------------------------------------

    @cached_property
    def balance_test(self) -> BalanceTest | None:
        """The approved test that the purpose rests on, where it rests on Art. 6(1)(f)."""
        if self.purpose.basis != Basis.LEGITIMATE_INTEREST:
            return None
        tests = BalanceTest.objects.current(self.at).filter(purpose=self.purpose)
        return tests.order_by("-version").first()

    @cached_property
    def notice(self) -> NoticeVersion | None:
        """What people were told of the purpose; the newest, where several notices name it."""
        versions = NoticeVersion.objects.in_force(self.at).for_purpose(self.purpose)
        return versions.select_related("notice").order_by("-effective_from", "-pk").first()

    @cached_property
    def tools_in_use(self) -> tuple[AutomationTool, ...]:
        """Tools in use at the moment, and for this activity."""
        used = ActivityTool.objects.running(self.at).filter(activity=self.purpose.activity_id)
        tools = AutomationTool.objects.in_use(self.at).filter(pk__in=used.values("tool"))
        return tuple(tools.order_by("name", "pk"))

    @property
    def tools(self) -> tuple[AutomationTool, ...]:
        """The named tool alone, else every tool of the activity."""
        return (self.tool,) if self.tool else self.tools_in_use


def ask(
    purpose: Purpose | str,
    channel: str,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    tool: AutomationTool | str | None = None,
) -> Question:
    """The question, with the law of its moment; moments are aware, by default now.

    Raises Unanswerable, naming the nearest, where purpose, channel or tool is unknown, and naming
    the gap where no channel rule is in force.
    """
    at, known_at = at or timezone.now(), known_at or timezone.now()
    if isinstance(purpose, str):
        purpose = _purpose(purpose)
    if isinstance(tool, str):
        tool = _tool(tool) if tool else None
    if channel not in Channel.values:
        raise Unanswerable(
            _("There is no channel “{key}”.").format(key=channel)
            + _nearest(channel, Channel.values)
        )
    rules = tuple(ChannelRule.objects.in_force(local_day(at)).filter(channel=channel))
    if not rules:
        raise Unanswerable(
            _("No channel rule is in force for {channel} on {day}. Add it to the register.").format(
                channel=channel, day=local_day(at).isoformat()
            )
        )
    return Question(purpose, channel, at, known_at, rules, tool)


def _purpose(key: str) -> Purpose:
    found = Purpose.objects.select_related("activity__controller").filter(slug=key).first()
    if found:
        return found
    known = Purpose.objects.order_by("slug").values_list("slug", flat=True)
    raise Unanswerable(_("There is no purpose “{key}”.").format(key=key) + _nearest(key, known))


def _tool(key: str) -> AutomationTool:
    if found := AutomationTool.objects.filter(slug=key).first():
        return found
    known = AutomationTool.objects.order_by("slug").values_list("slug", flat=True)
    raise Unanswerable(_("There is no tool “{key}”.").format(key=key) + _nearest(key, known))


def _nearest(key: str, known: Iterable[str]) -> str:
    known = list(known)
    nearest = get_close_matches(key, known, n=3, cutoff=0.5) or sorted(known)[:10]
    return " " + _("Nearest: {keys}.").format(keys=", ".join(nearest)) if nearest else ""


def local_day(moment: datetime) -> date:
    """The calendar day of ``moment`` in the house's own time zone."""
    return timezone.localdate(moment, timezone.get_default_timezone())
