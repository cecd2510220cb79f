from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.act import new_batch
from audit.choices import JobState

WAITING = Q(state=JobState.QUEUED)
UNFINISHED = Q(state__in=(JobState.QUEUED, JobState.RUNNING))


class Job(models.Model):
    """Long work: the row decides who does it and how far it got; the task queue only rings.

    Parameters and results hold keys, counts and what its owner typed about the order (its reason,
    as the access log keeps it too), never contact values.
    """

    # Also the batch of what it changes.
    uuid = models.UUIDField(default=new_batch, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    label = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    state = models.CharField(_("state"), max_length=16, choices=JobState, default=JobState.QUEUED)
    params = models.JSONField(default=dict, blank=True)
    total = models.PositiveBigIntegerField(_("rows in all"), default=0)
    done = models.PositiveBigIntegerField(_("rows done"), default=0)
    # Where the present attempt began: what earlier ones did says nothing about its speed.
    done_at_start = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    claimed_by = models.UUIDField(null=True, blank=True)
    # A job that failed for now rests; null: it may begin at once.
    not_before = models.DateTimeField(_("next attempt"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-id",)
        indexes = [models.Index(fields=("state", "id"), name="job_state")]
        constraints = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=JobState.values)),
            models.CheckConstraint(
                name="job_running_is_claimed",
                condition=~Q(state=JobState.RUNNING)
                | Q(claimed_by__isnull=False, heartbeat_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DailyRun(models.Model):
    """That work of the daily schedule was ordered on a day: the row that lets one worker do it."""

    name = models.CharField(_("name"), max_length=60)
    day = models.DateField(_("day"))
    job = models.ForeignKey(Job, models.CASCADE, related_name="+", verbose_name=_("job"))

    class Meta:
        verbose_name = _("daily work")
        verbose_name_plural = _("daily work")
        ordering = ("-day", "name")
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_run_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
