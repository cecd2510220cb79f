"""What is wrong with agreements on processing and with their documents."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.choices import Severity
from audit.rules import Rule, register
from processors.choices import AgreementForm, SubProcessing
from processors.models import AgreementDocument, ProcessingAgreement
from processors.models.agreements import MOST_BREACH_HOURS


def _page(agreement: ProcessingAgreement) -> str:
    return reverse("admin:processors_processingagreement_change", args=[agreement.pk])


def _field(name: str) -> Callable[[ProcessingAgreement], str]:
    """The agreement's own page, at the field ``name``."""
    return lambda agreement: f"{_page(agreement)}#id_{name}"


def _terms(agreement: ProcessingAgreement) -> str:
    return f"{_page(agreement)}#clauses-heading"


def _attach_page(agreement: ProcessingAgreement) -> str:
    return reverse("admin:processors_processingagreement_attach", args=[agreement.pk])


def _proof_page(agreement: ProcessingAgreement) -> str:
    return reverse("admin:processors_processingagreement_prove_return", args=[agreement.pk])


def _new_between(agreement: ProcessingAgreement) -> str:
    add = reverse("admin:processors_processingagreement_add")
    return f"{add}?controller={agreement.controller_id}&processor={agreement.processor_id}"


def _today() -> date:
    return timezone.localdate()


def _signed(agreements: Any) -> Any:
    """Bound by a signature, and not over."""
    return agreements.unended(_today()).filter(signed_on__isnull=False)


def _not_replaced(agreements: QuerySet) -> QuerySet:
    """No other agreement between the same two is in force, or takes over."""
    others = ProcessingAgreement.objects.unended(_today()).filter(
        signed_on__isnull=False, controller=OuterRef("controller"), processor=OuterRef("processor")
    )
    return agreements.filter(~Exists(others.exclude(pk=OuterRef("pk"))))


def _overdue_signature(agreements: Any) -> QuerySet:
    return agreements.unended(_today()).filter(signed_on=None, in_force_from__lte=_today())


def _without_document(agreements: Any) -> QuerySet:
    kept = AgreementDocument.objects.filter(agreement=OuterRef("pk"))
    return _signed(agreements).filter(~Exists(kept))


def _with_other_bytes(agreements: QuerySet) -> QuerySet:
    changed = AgreementDocument.objects.not_intact().filter(agreement=OuterRef("pk"))
    return agreements.filter(Exists(changed))


def _documentary_under_nullity(agreements: Any) -> QuerySet:
    doubtful = Q(nullity_clause=True, form=AgreementForm.DOCUMENTARY)
    return agreements.unended(_today()).filter(doubtful)


def _late_breach_notice(agreements: Any) -> QuerySet:
    late = Q(breach_notice_hours=None) | Q(breach_notice_hours__gt=MOST_BREACH_HOURS)
    return _signed(agreements).filter(late)


def _without_objection(agreements: Any) -> QuerySet:
    return _signed(agreements).filter(sub_processing=SubProcessing.GENERAL, objection_days=None)


def _ended_without_proof(agreements: QuerySet) -> QuerySet:
    return agreements.filter(
        terminated_on__lte=_today(), signed_on__isnull=False, terminated_on__gt=F("signed_on")
    ).filter(returned="")


register(
    Rule(
        code="agreement_incomplete",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(3) GDPR"),
        # Translators: "W umowie brakuje elementów, których wymaga art. 28 ust. 3."
        message=_("The agreement lacks terms that Art. 28(3) requires."),
        model=ProcessingAgreement,
        broken=lambda agreements: _signed(agreements).incomplete(),
        mend_label=_("Complete the terms"),
        mend_url=_terms,
    )
)
register(
    Rule(
        code="agreement_not_signed",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(3), (9) GDPR"),
        # Translators: "Umowa miała już obowiązywać, a nikt jej nie podpisał."
        message=_("The agreement was to be in force by now, and nobody has signed it."),
        model=ProcessingAgreement,
        broken=_overdue_signature,
        mend_label=_("Enter the signature"),
        mend_url=_field("signed_on"),
    )
)
register(
    Rule(
        code="agreement_expiring",
        severity=Severity.MINOR,
        article=_("Art. 28(3) GDPR"),
        # Translators: "Umowa wygasa w ciągu 90 dni."
        message=_("The agreement ends within 90 days, and none follows it."),
        model=ProcessingAgreement,
        broken=lambda agreements: _not_replaced(
            agreements.expiring(_today()).filter(terminated_on=None)
        ),
        mend_label=_("Renew"),
        mend_url=_new_between,
    )
)
register(
    Rule(
        code="agreement_expired",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(3) GDPR"),
        message=_("The agreement has expired: it is neither renewed nor terminated."),
        model=ProcessingAgreement,
        broken=lambda agreements: _not_replaced(agreements.expired(_today())),
        mend_label=_("Renew"),
        mend_url=_new_between,
    )
)
register(
    Rule(
        code="agreement_without_document",
        severity=Severity.BLOCKING,
        article=_("Art. 28(9) GDPR"),
        # Translators: "Brak podpisanego dokumentu: nie da się wykazać formy pisemnej."
        message=_("The signed document is missing: nothing shows that it is in writing."),
        model=ProcessingAgreement,
        broken=_without_document,
        mend_label=_("Attach signed document"),
        mend_url=_attach_page,
    )
)
register(
    Rule(
        code="document_hash_mismatch",
        severity=Severity.BLOCKING,
        article=_("Art. 5(1)(f), (2) GDPR"),
        # Translators: "Zapisany dokument nie jest tym, który dołączono."
        message=_("A stored document is not the one that was attached. Restore it from a backup."),
        model=ProcessingAgreement,
        broken=_with_other_bytes,
        mend_label=_("Open the agreement"),
        mend_url=_page,
    )
)
register(
    Rule(
        code="agreement_nullity_documentary",
        severity=Severity.MINOR,
        article=_("Art. 28(9) GDPR; art. 76 KC"),
        # Translators: "Forma dokumentowa, a strony zastrzegły formę pod rygorem nieważności."
        message=_(
            "The parties agreed a form under pain of nullity, and concluded it in documentary form:"
            " it may be void."
        ),
        model=ProcessingAgreement,
        broken=_documentary_under_nullity,
        mend_label=_("Look at the form"),
        mend_url=_field("form"),
    )
)
register(
    Rule(
        code="agreement_breach_notice",
        severity=Severity.IMPORTANT,
        article=_("Art. 33(2) GDPR"),
        message=_(
            "Hours for the notice of a breach are missing or above 48: little is left of the"
            " controller's 72."
        ),
        model=ProcessingAgreement,
        broken=_late_breach_notice,
        mend_label=_("Enter the hours"),
        mend_url=_field("breach_notice_hours"),
    )
)
register(
    Rule(
        code="agreement_objection_days",
        severity=Severity.MINOR,
        article=_("Art. 28(2) GDPR"),
        # Translators: "Zgoda ogólna na podpowierzenie bez terminu na sprzeciw."
        message=_("Sub-processors are authorised in general, without a time to object."),
        model=ProcessingAgreement,
        broken=_without_objection,
        mend_label=_("Enter the days"),
        mend_url=_field("objection_days"),
    )
)
register(
    Rule(
        code="agreement_return_unproven",
        severity=Severity.IMPORTANT,
        article=_("Art. 28(3)(g) GDPR"),
        # Translators: "Umowa się zakończyła, a nie odnotowano zwrotu ani usunięcia danych."
        message=_("The agreement has ended, and nothing proves that data were returned or erased."),
        model=ProcessingAgreement,
        broken=_ended_without_proof,
        mend_label=_("Record return or deletion"),
        mend_url=_proof_page,
    )
)
