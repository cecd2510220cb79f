"""What people are told about the processing of their data, and what the law asks to tell."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, AuditedQuerySet
from audit.text import localised
from notices.choices import Article, Topic
from processors.models import Organisation


class NoticeElementQuerySet(AuditedQuerySet):
    def asked_by(self, article: str) -> Self:
        """What a notice under ``article`` must say, in the order in which it reads."""
        return self.filter(article=article, active=True).order_by("position", "id")


class NoticeElement(AuditedModel):
    """One thing that a notice must say, under its own letter of Art. 13 or of Art. 14."""

    slug = models.SlugField(_("key"), max_length=60, unique=True)
    article = models.CharField(_("article"), max_length=2, choices=Article)
    topic = models.CharField(
        _("written from the registers"),
        max_length=16,
        choices=Topic,
        blank=True,
        help_text=_("Empty: a person writes it."),
    )
    provision_pl = models.CharField(_("provision (PL)"), max_length=250)
    provision_en = models.CharField(_("provision (EN)"), max_length=250)
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("asked for"), default=True)

    name = localised("name")
    provision = localised("provision")
    objects = NoticeElementQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("element of a notice")
        verbose_name_plural = _("elements of notices")
        ordering = ("article", "position", "id")
        permissions = [
            ("import_noticeelement", "Can import elements of notices"),
            ("export_noticeelement", "Can export elements of notices"),
        ]
        constraints = [
            models.CheckConstraint(
                name="element_article_known", condition=Q(article__in=Article.values)
            ),
            models.CheckConstraint(
                name="element_topic_known", condition=Q(topic="") | Q(topic__in=Topic.values)
            ),
            models.UniqueConstraint(
                fields=["article", "topic"],
                condition=~Q(topic=""),
                name="element_topic_once",
                violation_error_message=_("This article already has an element of this kind."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Notice(AuditedModel):
    """A privacy notice of one controller for one audience, under Art. 13 or Art. 14."""

    slug = models.SlugField(
        _("key"),
        max_length=60,
        unique=True,
        help_text=_("Part of its public address; frozen once published."),
    )
    controller = models.ForeignKey(
        Organisation, models.PROTECT, related_name="notices", verbose_name=_("controller")
    )
    article = models.CharField(_("duty under"), max_length=2, choices=Article)
    name_pl = models.CharField(_("name (PL)"), max_length=200)
    name_en = models.CharField(_("name (EN)"), max_length=200)
    audience_pl = models.CharField(_("for whom (PL)"), max_length=250)
    audience_en = models.CharField(_("for whom (EN)"), max_length=250)

    name = localised("name")
    audience = localised("audience")
    objects = AuditedQuerySet.as_manager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ("name_pl", "id")
        permissions = [
            ("import_notice", "Can import privacy notices"),
            ("export_notice", "Can export privacy notices"),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_article_known", condition=Q(article__in=Article.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def was_published(self) -> bool:
        return self.versions.published().exists()

    def clean(self) -> None:
        before = Notice.objects.filter(pk=self.pk).first() if self.pk else None
        if before is None:
            return
        kept = ("slug", "controller_id", "article")
        if any(getattr(before, n) != getattr(self, n) for n in kept) and self.was_published:
            raise ValidationError(
                _("People know this notice by its address. Add another notice instead.")
            )
