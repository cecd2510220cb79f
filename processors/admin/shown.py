"""How agreements, documents and transfers read on screen."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import display
from processors.choices import EEA, AgreementStatus, DocumentState, TransferMechanism
from processors.models import AgreementDocument, ProcessingAgreement, SubProcessor, Transfer

STATUS_TONES = {
    AgreementStatus.INCOMPLETE: "bad",
    AgreementStatus.DRAFT: "warn",
    AgreementStatus.IN_FORCE: "ok",
    AgreementStatus.EXPIRING: "warn",
    AgreementStatus.EXPIRED: "bad",
    AgreementStatus.TERMINATED: "off",
}
DOCUMENT_TONES = {
    DocumentState.INTACT: "ok",
    DocumentState.DIFFERS: "bad",
    DocumentState.MISSING: "bad",
}


def status(agreement: ProcessingAgreement) -> SafeString:
    """The one badge of an agreement: on its page, in lists and beside whatever names it."""
    where = agreement.status
    return display.badge(where.label, STATUS_TONES[where])


def way_round(agreement: ProcessingAgreement) -> Any:
    # Translators: "powierzamy" / "powierzono nam"
    return _("we entrust") if agreement.is_given else _("entrusted to us")


def document_state(state: str | None) -> SafeString:
    """What the latest check found; a document that was never checked says so."""
    if not state:
        return display.badge(_("not checked yet"), "off")
    return display.badge(DocumentState(state).label, DOCUMENT_TONES[DocumentState(state)])


def latest_document(agreement: ProcessingAgreement) -> AgreementDocument | None:
    return next(iter(agreement.documents.all()), None)


def authorisation(record: SubProcessor, day: Any) -> SafeString:
    if record.until and record.until <= day:
        return display.badge(_("Ended"), "off")
    if record.authorised_on and record.authorised_on <= day:
        return display.badge(_("Authorised"), "ok")
    return display.badge(_("No authorisation"), "bad")


def basis(transfer: Transfer) -> SafeString:
    if transfer.mechanism:
        is_exception = transfer.mechanism == TransferMechanism.DEROGATION
        return display.badge(transfer.get_mechanism_display(), "warn" if is_exception else "ok")
    if transfer.country in EEA:
        return display.badge(TransferMechanism.EEA_ONLY.label, "ok")
    return display.badge(_("No basis"), "bad")
