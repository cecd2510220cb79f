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
from processing.choices import DOUBTFUL, KIND_OF_CHANNEL, Basis, Channel, Protects, Regime
from processing.models import ChannelRule, Purpose
from processors.choices import ToolKind
from processors.models import AutomationTool
from screening.gates import DUTIES, GATES
from screening.registers import Registers

# The list is made anew each time that it is asked for.
CHANNELS = frozenset(Channel.values)
# Tools that make the contact themselves: whoever names one leaves the others out. The rest (CRM,
# speech to text, analytics …) is at work whatever the contact is made with.
CARRIERS = (
    ToolKind.DIALLER,
    ToolKind.CHATBOT,
    ToolKind.VOICEBOT,
    ToolKind.IVR,
    ToolKind.MAILING,
    ToolKind.SMS_GATEWAY,
    ToolKind.SOCIAL_INBOX,
)


class Unanswerable(ValueError):
    """A question without a verdict: an unknown name, or a channel that no law is recorded for.

    ``about`` says what of the question it is: purpose, channel or tool.
    """

    def __init__(self, text: str, about: str = "") -> None:
        super().__init__(text)
        self.about = about


@dataclass(frozen=True)
class Question:
    """May people be contacted for ``purpose`` on ``channel`` at ``at``, as known then?

    With ``tool``, if one is named; the registers are read once for a whole batch.
    """

    purpose: Purpose
    channel: str
    registers: Registers = field(repr=False)
    tool: AutomationTool | None = None

    @property
    def at(self) -> datetime:
        return self.registers.at

    @property
    def known_at(self) -> datetime:
        return self.registers.known_at

    @property
    def day(self) -> date:
        return self.registers.day

    @property
    def rules(self) -> tuple[ChannelRule, ...]:
        return self.registers.rules[self.channel]

    @property
    def contact_kind(self) -> str:
        return KIND_OF_CHANNEL[Channel(self.channel)]

    @property
    def controller_id(self) -> int:
        return self.purpose.activity.controller_id

    @cached_property
    def is_commercial(self) -> bool:
        """As it was then: a survey is commercial until an approver has recorded why not."""
        purpose = self.purpose
        if purpose.is_commercial or purpose.campaign not in DOUBTFUL:
            return purpose.is_commercial
        approved_at = purpose.service_approved_at
        return approved_at is None or approved_at > self.at

    def protecting(self, *, natural: bool) -> tuple[ChannelRule, ...]:
        """The rules in force that protect a natural person, or a company."""
        return tuple(r for r in self.rules if natural or r.protects == Protects.EVERYBODY)

    def requiring(self, *, natural: bool) -> tuple[ChannelRule, ...]:
        """The rules that ask for consent of a natural person, or of a company."""
        if not self.is_commercial:
            return ()
        return tuple(r for r in self.protecting(natural=natural) if r.consent_required)

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

    @property
    def balance_test(self) -> BalanceTest | None:
        """The approved test that the purpose rests on, where it rests on Art. 6(1)(f)."""
        return self.registers.balance_tests.get(self.purpose.pk)

    @property
    def notice(self) -> NoticeVersion | None:
        """What people were told of the purpose; the newest, where several notices name it."""
        return self.registers.notices.get(self.purpose.pk)

    @property
    def tools_in_use(self) -> list[AutomationTool]:
        """Tools in use at the moment, and for this activity."""
        return self.registers.tools.get(self.purpose.activity_id, [])

    @property
    def carriers(self) -> list[AutomationTool]:
        """What the contact may be made with: the named tool alone, else every one in use."""
        return [self.tool] if self.tool else self.tools_in_use

    @property
    def tools(self) -> list[AutomationTool]:
        """All that is at work in such a contact."""
        if not self.tool:
            return self.tools_in_use
        beside = (t for t in self.tools_in_use if t.kind not in CARRIERS and t != self.tool)
        return [self.tool, *beside]


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
    now = timezone.now()
    if isinstance(purpose, str):
        purpose = _purpose(purpose)
    if isinstance(tool, str):
        tool = tool_named(tool) if tool else None
    registers = Registers(at or now, known_at or now, (purpose,))
    return question_of(purpose, channel, registers, tool)


def question_of(
    purpose: Purpose, channel: str, registers: Registers, tool: AutomationTool | None = None
) -> Question:
    """The question over ``registers`` that were read for ``purpose``, among others.

    Raises Unanswerable for an unknown channel, and for one without a rule in force.
    """
    if channel not in CHANNELS:
        raise Unanswerable(
            _("There is no channel “{key}”.").format(key=channel)
            + _nearest(channel, Channel.values),
            "channel",
        )
    if not registers.rules.get(channel):
        raise Unanswerable(
            _("No channel rule is in force for {channel} on {day}. Add it to the register.").format(
                channel=channel, day=registers.day.isoformat()
            ),
            "channel",
        )
    return Question(purpose, channel, registers, tool)


def _purpose(key: str) -> Purpose:
    found = Purpose.objects.select_related("activity__controller").filter(slug=key).first()
    if found:
        return found
    known = Purpose.objects.order_by("slug").values_list("slug", flat=True)
    text = _("There is no purpose “{key}”.").format(key=key)
    raise Unanswerable(text + _nearest(key, known), "purpose")


def tool_named(key: str) -> AutomationTool:
    if found := AutomationTool.objects.filter(slug=key).first():
        return found
    known = AutomationTool.objects.order_by("slug").values_list("slug", flat=True)
    text = _("There is no tool “{key}”.").format(key=key)
    raise Unanswerable(text + _nearest(key, known), "tool")


def _nearest(key: str, known: Iterable[str]) -> str:
    known = list(known)
    nearest = get_close_matches(key, known, n=3, cutoff=0.5) or sorted(known)[:10]
    return " " + _("Nearest: {keys}.").format(keys=", ".join(nearest)) if nearest else ""
