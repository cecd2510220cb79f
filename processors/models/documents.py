"""Signed documents, kept as they came, and what later checks found in their place."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnlyModel, AppendOnlyQuerySet
from processors.choices import DocumentState
from processors.models.agreements import ProcessingAgreement


class DocumentQuerySet(AppendOnlyQuerySet):
    def with_latest_state(self) -> Self:
        """``latest_state``: what the latest check found; None before the first one."""
        latest = DocumentCheck.objects.filter(document=OuterRef("pk")).order_by("-id")
        return self.annotate(latest_state=Subquery(latest.values("state")[:1]))

    def not_intact(self) -> Self:
        """Their latest check found other bytes, or none."""
        wrong = (DocumentState.DIFFERS, DocumentState.MISSING)
        return self.with_latest_state().filter(latest_state__in=wrong)


class AgreementDocument(AppendOnlyModel):
    """A signed agreement as a PDF (Art. 28(9)): stored once, a new version is a new row."""

    named_by: ClassVar[tuple[str, ...]] = ("agreement",)

    agreement = models.ForeignKey(
        ProcessingAgreement, models.PROTECT, related_name="documents", verbose_name=_("agreement")
    )
    # A random name in the house's storage: what the file was called may name people.
    file = models.CharField(_("file"), max_length=120, unique=True)
    title = models.CharField(_("what it is"), max_length=120)
    original_size = models.PositiveIntegerField(_("size in bytes"))
    pages = models.PositiveIntegerField(_("pages"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    objects = DocumentQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("signed document")
        verbose_name_plural = _("signed documents")
        ordering = ("-id",)
        permissions = [("download_agreementdocument", "Can download signed documents")]
        constraints = [
            models.CheckConstraint(
                name="document_hash_whole", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.UniqueConstraint(
                fields=["agreement", "sha256"],
                name="document_once",
                violation_error_message=_("This very document is already attached."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentCheck(AppendOnlyModel):
    """What stood in the place of a document when it was hashed again (Art. 5(1)(f))."""

    named_by: ClassVar[tuple[str, ...]] = ("document",)
    trail_kind: ClassVar[str] = "state"

    document = models.ForeignKey(
        AgreementDocument, models.PROTECT, related_name="checks", verbose_name=_("document")
    )
    state = models.CharField(_("found"), max_length=16, choices=DocumentState)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("check of a document")
        verbose_name_plural = _("checks of documents")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="document_check_known", condition=Q(state__in=DocumentState.values)
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
