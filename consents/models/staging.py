"""What a file said, read but not yet recorded: erased once applied, or after a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consents.models.imports import ConsentImport


class StagedContact(models.Model):
    """A number or address in a row of a file that is being imported (Art. 5(1)(e): for a day).

    The first one of a row (``ordinal`` 0) also holds what the row says of the person. ``position``
    is the order of recording: rows that hold a no come first.
    """

    # No key constraint: checking it would cost as much as the row itself.
    upload = models.ForeignKey(
        ConsentImport, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    position = models.BigIntegerField()
    ordinal = models.SmallIntegerField()
    line = models.PositiveIntegerField()
    member = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=320)
    key = models.CharField(max_length=320)
    hmac = models.CharField(max_length=64)
    # Known by its digest alone: only suppressed, no contact point is made.
    stranger = models.BooleanField()
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    company = models.CharField(max_length=200)
    external_id = models.CharField(max_length=100)
    ip = models.CharField(max_length=45)

    class Meta:
        verbose_name = _("staged contact")
        verbose_name_plural = _("staged contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "position", "ordinal"], name="staged_contact_order"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class StagedAct(models.Model):
    """What a row of a file says about one of its contacts: an act, a restriction, a suppression.

    ``kind`` is that of the event or restriction, or ``suppressed``.
    """

    upload = models.ForeignKey(
        ConsentImport, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    position = models.BigIntegerField()
    ordinal = models.SmallIntegerField()
    kind = models.CharField(max_length=24)
    channel = models.CharField(max_length=16)
    purpose = models.BigIntegerField(null=True)
    at = models.DateTimeField(null=True)
    own_time = models.BooleanField()
    needs_confirmation = models.BooleanField()
    confirmed_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("staged act")
        verbose_name_plural = _("staged acts")
        indexes = [models.Index(fields=["upload", "position"], name="staged_act_order")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class StagedReject(models.Model):
    """A row of a file that is left out, with the cell and the reason."""

    upload = models.ForeignKey(
        ConsentImport, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()
    member = models.CharField(max_length=200)
    column = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        indexes = [models.Index(fields=["upload", "reason"], name="staged_reject_reason")]

    def __str__(self) -> str:
        return f"#{self.pk}"
