"""What is wrong with sub-processors and with transfers to third countries."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processors.choices import SubProcessing, TransferMechanism
from processors.models import Organisation, ProcessingAgreement, SubProcessor, Transfer

CERTIFICATE_GOOD = timedelta(days=365)  # a certificate of the DPF is renewed each year


def _sub_processor_page(record: SubProcessor) -> str:
    return reverse("admin:processors_subprocessor_change", args=[record.pk])


def _transfer_page(transfer: Transfer) -> str:
    return reverse("admin:processors_transfer_change", args=[transfer.pk])


def _new_agreement(record: SubProcessor) -> str:
    own = Organisation.objects.own().values_list("pk", flat=True).first()
    add = reverse("admin:processors_processingagreement_add")
    return f"{add}?controller={own}&processor={record.organisation_id}"


def _today() -> date:
    return timezone.localdate()


def _under_live_agreement(records: Any) -> QuerySet:
    live = ProcessingAgreement.objects.in_force(_today())
    return records.engaged(_today()).filter(agreement__in=live)


def _unauthorised(records: Any) -> QuerySet:
    return _under_live_agreement(records.unauthorised(_today()))


def _forbidden(records: Any) -> QuerySet:
    return _under_live_agreement(records).filter(agreement__sub_processing=SubProcessing.FORBIDDEN)


def _duties_not_passed_on(records: Any) -> QuerySet:
    """The centre's own sub-processors, whom no agreement of the centre binds (Art. 28(4))."""
    bound = ProcessingAgreement.objects.in_force(_today()).filter(
        controller__is_own=True, processor=OuterRef("organisation")
    )
    ours = _under_live_agreement(records).filter(agreement__processor__is_own=True)
    return ours.filter(~Exists(bound))


def _certificate_old(transfers: Any) -> QuerySet:
    old = Q(checked_on=None) | Q(checked_on__lt=_today() - CERTIFICATE_GOOD)
    return transfers.made(_today()).filter(old, mechanism=TransferMechanism.DPF)


def _made(transfers: Any, **facts: Any) -> QuerySet:
    return transfers.made(_today()).filter(**facts)


register(
    Rule(
        code="sub_processor_unauthorised",
        severity=Severity.BLOCKING,
        article=_("Art. 28(2) GDPR"),
        # Translators: "Podprocesor działa bez zgody administratora."
        message=_("A sub-processor is at work without the controller's authorisation."),
        model=SubProcessor,
        broken=_unauthorised,
        mend_label=_("Record the authorisation"),
        mend_url=_sub_processor_page,
    )
)
register(
    Rule(
        code="sub_processor_forbidden",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(2) GDPR"),
        message=_("The agreement allows no sub-processors, and there is one."),
        model=SubProcessor,
        broken=_forbidden,
        mend_label=_("Open the sub-processor"),
        mend_url=_sub_processor_page,
    )
)
register(
    Rule(
        code="sub_processor_without_agreement",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(4) GDPR"),
        # Translators: "Z podprocesorem nie obowiązuje żadna nasza umowa powierzenia."
        message=_("No agreement of ours binds the sub-processor to the same duties."),
        model=SubProcessor,
        broken=_duties_not_passed_on,
        mend_label=_("Add agreement"),
        mend_url=_new_agreement,
    )
)
register(
    Rule(
        code="transfer_without_mechanism",
        severity=Severity.BLOCKING,
        article=_("Art. 44 GDPR"),
        # Translators: "Dane trafiają do państwa trzeciego bez podstawy z rozdziału V."
        message=_("Data go to a third country on no basis of Chapter V."),
        model=Transfer,
        broken=lambda transfers: _made(transfers.to_third_countries(), mechanism=""),
        mend_label=_("Name the basis"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_without_decision",
        severity=Severity.BLOCKING,
        article=_("Art. 45 GDPR"),
        # Translators: "Dla tego państwa nie obowiązuje decyzja o odpowiednim stopniu ochrony."
        message=_("No adequacy decision for this country is in force."),
        model=Transfer,
        broken=lambda transfers: _made(transfers.without_decision(_today())),
        mend_label=_("Name the basis"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_without_assessment",
        severity=Severity.IMPORTANT,
        article=_("Art. 46 GDPR"),
        # Translators: "Brak oceny skutków przekazania (TIA)."
        message=_("The transfer rests on safeguards, and its impact (TIA) was never assessed."),
        model=Transfer,
        broken=lambda transfers: _made(transfers.to_third_countries().unassessed(_today())),
        mend_label=_("Record the assessment"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_certificate_unchecked",
        severity=Severity.IMPORTANT,
        article=_("Art. 45 GDPR"),
        message=_("Nobody has checked for a year that the recipient is certified under the DPF."),
        model=Transfer,
        broken=_certificate_old,
        mend_label=_("Record the check"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_without_fallback",
        severity=Severity.MINOR,
        article=_("Art. 45 GDPR"),
        # Translators: "Nie wskazano, co zastąpi DPF, jeśli decyzja upadnie."
        message=_("Nothing is named that holds if the decision on the DPF falls."),
        model=Transfer,
        broken=lambda transfers: _made(transfers, mechanism=TransferMechanism.DPF, fallback=""),
        mend_label=_("Name a fallback"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_derogation_unexplained",
        severity=Severity.IMPORTANT,
        article=_("Art. 49(1), (6) GDPR"),
        message=_("The transfer rests on a derogation, and nobody says why it applies."),
        model=Transfer,
        broken=lambda transfers: _made(
            transfers, mechanism=TransferMechanism.DEROGATION, derogation_reason=""
        ),
        mend_label=_("Say why"),
        mend_url=_transfer_page,
    )
)
register(
    Rule(
        code="transfer_review_due",
        severity=Severity.MINOR,
        article=_("Art. 24, 44 GDPR"),
        message=_("The transfer was due to be checked again."),
        model=Transfer,
        broken=lambda transfers: _made(transfers, review_on__lte=_today()),
        mend_label=_("Record the check"),
        mend_url=_transfer_page,
    )
)
