"""What keeps a tool from being put in use, and what is wrong with one that is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit.choices import Severity
from audit.rules import Rule, register
from processors.choices import Diligence, ToolState
from processors.models import AutomationTool, ProcessingAgreement
from processors.models.ai_act import (
    EMOTION_AGENTS,
    EMOTION_AGENTS_BIOMETRIC,
    EMOTION_CUSTOMERS,
    TALKS_TO_PEOPLE,
)

IN_USE = Q(state=ToolState.IN_USE)
NO_GUARANTEES = (Diligence.NOT_CHECKED, Diligence.INSUFFICIENT)
# Translators: "art. 50 ust. 1 aktu w sprawie AI"
AI_ACT_50_1 = gettext_lazy("Art. 50(1) AI Act")

# Asked of tools in use, and of one that is about to be.
condition = partial(
    Rule,
    severity=Severity.BLOCKING,
    model=AutomationTool,
    standing=IN_USE,
    guards=("put_in_use",),
)


def _verb(name: str) -> Callable[[AutomationTool], str]:
    return lambda tool: reverse(f"admin:processors_automationtool_{name}", args=[tool.pk])


def _field(name: str) -> Callable[[AutomationTool], str]:
    """The tool's own page, at the field ``name``."""
    return lambda tool: f"{_verb('change')(tool)}#id_{name}"


def _sentence(name: str) -> Callable[[AutomationTool], str]:
    """The tool's own page, at the first empty language of the sentence ``name``."""

    def url(tool: AutomationTool) -> str:
        return _field(f"{name}_en" if getattr(tool, f"{name}_pl") else f"{name}_pl")(tool)

    return url


def _unsaid(name: str) -> Q:
    return Q(**{f"{name}_pl": ""}) | Q(**{f"{name}_en": ""})


def _which(name: str) -> Callable[[AutomationTool], str]:
    """Which language of the sentence ``name`` is missing."""

    def detail(tool: AutomationTool) -> str:
        if getattr(tool, f"{name}_pl"):
            return _("Polish is ready, English is missing.")
        if getattr(tool, f"{name}_en"):
            return _("English is ready, Polish is missing.")
        return _("Both Polish and English are missing.")

    return detail


def _day(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")


# Its vendor --------------------------------------------------------------------------------------


def _undecided(tools: QuerySet) -> QuerySet:
    return tools.filter(Q(agreement_needed=None) | ~Q(answered_for=F("vendor")))


def _answered(tool: AutomationTool) -> str:
    return _("agreement question answered %(day)s") % {"day": _day(tool.agreement_decided_at)}


def _agreement_of(tool: AutomationTool) -> ProcessingAgreement | None:
    """The agreement that the tool names, or the latest one of ours with its vendor."""
    ours = ProcessingAgreement.objects.given().filter(processor=tool.vendor_id)
    return tool.agreement or ours.order_by("-in_force_from", "-pk").first()


def _agreement_stands(tool: AutomationTool) -> str:
    if not (agreement := _agreement_of(tool)):
        return _("No agreement with %(vendor)s is recorded.") % {"vendor": tool.vendor}
    if agreement.processor_id != tool.vendor_id:
        return _("%(number)s is with another company.") % {"number": agreement.reference}
    words = {"number": agreement.reference, "status": agreement.status.label}
    return _("%(number)s: %(status)s.") % words


def _mend_agreement(tool: AutomationTool) -> str:
    agreement = _agreement_of(tool)
    if agreement is None:
        return f"{reverse('admin:processors_processingagreement_add')}?processor={tool.vendor_id}"
    if agreement.processor_id != tool.vendor_id:
        return _field("agreement")(tool)
    return reverse("admin:processors_processingagreement_change", args=[agreement.pk])


def _agreed(tool: AutomationTool) -> str:
    if tool.agreement_needed:
        return _("agreement in force")
    return "" if tool.agreement_needed is None else _("no agreement needed")


def _unguaranteed(tools: QuerySet) -> QuerySet:
    return tools.filter(agreement_needed=True, vendor__diligence__in=NO_GUARANTEES)


def _guaranteed(tool: AutomationTool) -> str:
    if not tool.agreement_needed or not tool.vendor.diligence_on:
        return ""
    day = formats.date_format(tool.vendor.diligence_on, "DATE_FORMAT")
    return _("vendor's guarantees verified %(day)s") % {"day": day}


def _vendor_changed(tools: QuerySet) -> QuerySet:
    return tools.exclude(verified_vendor=None).exclude(verified_vendor=F("vendor"))


def _verified(tool: AutomationTool) -> str:
    return _("tool verified %(day)s") % {"day": _day(tool.verified_at)} if tool.verified_at else ""


register(
    condition(
        code="tool_agreement_undecided",
        # Translators: "art. 28 ust. 3 RODO"
        article=gettext_lazy("Art. 28(3) GDPR"),
        message=gettext_lazy("Nobody has answered whether an agreement with the vendor is needed."),
        broken=_undecided,
        mend_label=pgettext_lazy("tool", "Answer"),
        mend_url=_verb("answer"),
        met=_answered,
    )
)
register(
    condition(
        code="tool_without_agreement",
        article=gettext_lazy("Art. 28(3), 28(9) GDPR"),
        # Translators: "Brak obowiązującej umowy powierzenia z dostawcą."
        message=gettext_lazy("No agreement with the vendor is in force."),
        broken=lambda tools: tools.without_agreement(timezone.localdate()),
        # Translators: "Uzupełnij umowę"
        mend_label=gettext_lazy("Complete the agreement"),
        mend_url=_mend_agreement,
        detail=_agreement_stands,
        met=_agreed,
    )
)
register(
    condition(
        code="tool_vendor_without_guarantees",
        article=gettext_lazy("Art. 28(1) GDPR"),
        message=gettext_lazy("Nobody has verified that the vendor gives sufficient guarantees."),
        broken=_unguaranteed,
        mend_label=gettext_lazy("Verify"),
        mend_url=lambda tool: reverse(
            "admin:processors_organisation_change", args=[tool.vendor_id]
        ),
        met=_guaranteed,
    )
)
register(
    condition(
        code="tool_vendor_changed",
        article=gettext_lazy("Art. 28(1), 28(3) GDPR"),
        message=gettext_lazy("The vendor is another one than the tool was verified with."),
        broken=_vendor_changed,
        mend_label=gettext_lazy("Verify again"),
        mend_url=_verb("verify"),
        met=_verified,
    )
)


# What people are told ----------------------------------------------------------------------------


register(
    condition(
        code="tool_disclosure_missing",
        article=gettext_lazy("Art. 13(1)(e), 12(1) GDPR"),
        message=gettext_lazy("The sentence that notices carry about the tool is missing."),
        broken=lambda tools: tools.filter(_unsaid("disclosure")),
        mend_label=gettext_lazy("Enter the sentence"),
        mend_url=_sentence("disclosure"),
        detail=_which("disclosure"),
        met=lambda tool: _("sentence for notices in both languages"),
    )
)
register(
    condition(
        code="tool_recording_unannounced",
        article=gettext_lazy("Art. 13(1) GDPR"),
        message=gettext_lazy("The sentence said before recording is missing."),
        broken=lambda tools: tools.filter(_unsaid("recording_sentence"), records_calls=True),
        mend_label=gettext_lazy("Enter the sentence"),
        mend_url=_sentence("recording_sentence"),
        detail=_which("recording_sentence"),
        met=lambda tool: _("recording is announced") if tool.records_calls else "",
    )
)
register(
    condition(
        code="tool_decisions_unguarded",
        article=gettext_lazy("Art. 22(2), 22(3) GDPR"),
        message=gettext_lazy(
            "The tool decides by itself, and nobody described how people are safeguarded."
        ),
        broken=lambda tools: tools.filter(automated_decisions=True, decision_safeguards=""),
        mend_label=gettext_lazy("Describe"),
        mend_url=_field("decision_safeguards"),
        met=lambda tool: _("safeguards described") if tool.automated_decisions else "",
    )
)


# Artificial intelligence -------------------------------------------------------------------------


def _not_of_agents(tool: AutomationTool) -> str:
    if not tool.infers_emotions:
        return _("no emotion inference")
    return _("agents' emotions are not read from voice or face")


def _of_one_side(tool: AutomationTool) -> str:
    if tool.infers_customers_emotions:
        return _("only customers' emotions are inferred")
    return _("only agents' emotions are inferred") if tool.infers_emotions else ""


register(
    condition(
        code="tool_ai_undisclosed",
        article=AI_ACT_50_1,
        message=gettext_lazy("The sentence by which the bot presents itself as AI is missing."),
        broken=lambda tools: tools.filter(TALKS_TO_PEOPLE, _unsaid("ai_sentence")),
        mend_label=gettext_lazy("Enter the sentence"),
        mend_url=_sentence("ai_sentence"),
        detail=_which("ai_sentence"),
        met=lambda tool: _("the bot presents itself as AI") if tool.talks_to_people else "",
    )
)
register(
    condition(
        code="tool_ai_not_in_contract",
        article=AI_ACT_50_1,
        message=gettext_lazy(
            "The duty binds the provider: the clause is missing by which the vendor undertakes it."
        ),
        broken=lambda tools: tools.filter(TALKS_TO_PEOPLE, ai_vendor_clause=""),
        mend_label=gettext_lazy("Enter the clause"),
        mend_url=_field("ai_vendor_clause"),
        met=lambda tool: _("the vendor undertook it") if tool.talks_to_people else "",
    )
)
register(
    condition(
        code="tool_emotion_of_agents",
        article=gettext_lazy("Art. 5(1)(f) AI Act"),
        message=gettext_lazy(
            "Inferring the emotions of people at work from voice or face is prohibited."
        ),
        broken=lambda tools: tools.filter(EMOTION_AGENTS_BIOMETRIC),
        mend_label=gettext_lazy("Change the tool"),
        mend_url=_field("emotion_agents_voice"),
        met=_not_of_agents,
    )
)
register(
    condition(
        code="tool_emotion_of_both",
        article=gettext_lazy("Art. 5(1)(f), 50(3) AI Act"),
        message=gettext_lazy(
            "The tool analyses the emotions of agents and customers alike: it cannot be told which "
            "of them it hears."
        ),
        broken=lambda tools: tools.filter(EMOTION_AGENTS).filter(EMOTION_CUSTOMERS),
        mend_label=gettext_lazy("Change the tool"),
        mend_url=_field("emotion_agents_voice"),
        met=_of_one_side,
    )
)
register(
    condition(
        code="tool_emotion_undisclosed",
        article=gettext_lazy("Art. 50(3) AI Act"),
        message=gettext_lazy(
            "Customers' emotions are inferred, and the sentence that tells them is missing."
        ),
        broken=lambda tools: tools.filter(EMOTION_CUSTOMERS).filter(_unsaid("emotion_notice")),
        mend_label=gettext_lazy("Enter the sentence"),
        mend_url=_sentence("emotion_notice"),
        detail=_which("emotion_notice"),
        met=lambda tool: _("customers are told") if tool.infers_customers_emotions else "",
    )
)
register(
    condition(
        code="tool_emotion_without_dpia",
        article=gettext_lazy("Art. 35(1) GDPR"),
        message=gettext_lazy(
            "Customers' emotions are inferred, and nobody says where the impact assessment is kept."
        ),
        broken=lambda tools: tools.filter(EMOTION_CUSTOMERS, dpia_location=""),
        mend_label=gettext_lazy("Say where"),
        mend_url=_field("dpia_location"),
        met=lambda tool: _("impact assessed") if tool.infers_customers_emotions else "",
    )
)


# Once it is over ---------------------------------------------------------------------------------


register(
    Rule(
        code="tool_data_unaccounted",
        severity=Severity.IMPORTANT,
        article=gettext_lazy("Art. 28(3)(g) GDPR"),
        message=gettext_lazy(
            "The tool is retired, and nobody says whether the data were returned or deleted."
        ),
        model=AutomationTool,
        broken=lambda tools: tools.filter(data_returned=""),
        standing=Q(state=ToolState.RETIRED, in_use_from__isnull=False),
        mend_label=gettext_lazy("Say what became of them"),
        mend_url=_field("data_returned"),
    )
)
