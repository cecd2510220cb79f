from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from audit.act import current_act
from audit.resources import AuditedResource
from audit.widgets import InstantWidget
from notices import services
from notices.models import Notice, NoticeElement, NoticeVersion
from processing.models import Purpose
from processors.models import Organisation


class NoticeElementResource(AuditedResource):
    class Meta:
        model = NoticeElement
        fields = (
            *("uuid", "slug", "article", "topic", "provision_pl", "provision_en"),
            *("name_pl", "name_en", "position", "active"),
        )


class NoticeResource(AuditedResource):
    controller = Field(
        attribute="controller",
        column_name="controller",
        widget=ForeignKeyWidget(Organisation, "slug"),
    )

    class Meta:
        model = Notice
        fields = (
            *("uuid", "slug", "controller", "article"),
            *("name_pl", "name_en", "audience_pl", "audience_en"),
        )


class PurposesField(Field):
    """The purposes that a version names, by their keys; chosen once, for a new draft."""

    def get_value(self, instance: NoticeVersion) -> str:
        asked = getattr(instance, "asked_purposes", None)
        return self.named(instance) if asked is None else asked

    def save(
        self, instance: NoticeVersion, row: dict[str, Any], is_m2m: bool = False, **options: Any
    ) -> None:
        keys = str(row.get(self.column_name) or "").replace(",", " ").split()
        instance.asked_purposes = " ".join(sorted(keys))  # type: ignore[attr-defined]

    @staticmethod
    def named(version: NoticeVersion) -> str:
        links = version.purposes_named.all() if version.pk else ()
        return " ".join(sorted(link.purpose.slug for link in links))


def _shown(name: str, **options: Any) -> Field:
    """A column that goes out and is not read: verbs alone write it."""
    return Field(attribute=name, column_name=name, readonly=True, **options)


class NoticeVersionResource(AuditedResource):
    """Every version goes out; only the words of drafts come in, the rest is done by verbs."""

    notice = Field(
        attribute="notice", column_name="notice", widget=ForeignKeyWidget(Notice, "slug")
    )
    purposes = PurposesField(attribute="purposes_named", column_name="purposes")
    state = _shown("state")
    sha256 = _shown("sha256")
    effective_from = _shown("effective_from", widget=InstantWidget())
    archived_at = _shown("archived_at", widget=InstantWidget())

    class Meta:
        model = NoticeVersion
        fields = (
            *("uuid", "notice", "number", "state", "purposes", "text_pl", "text_en"),
            *("is_material", "change_pl", "change_en", "sha256"),
            *("effective_from", "archived_at"),
        )

    def init_instance(self, row: dict[str, Any] | None = None) -> NoticeVersion:
        return NoticeVersion(author=current_act().by)

    def before_save_instance(self, instance: Any, row: dict[str, Any], **options: Any) -> None:
        if instance.pk and instance.asked_purposes != PurposesField.named(instance):
            raise ValidationError(_("A draft keeps the purposes that it was made for."))

    def after_save_instance(self, instance: Any, row: dict[str, Any], **options: Any) -> None:
        if not instance.purposes_named.exists():
            services.adopt(instance, self._purposes(instance.asked_purposes))

    def _purposes(self, keys: str) -> list[Purpose]:
        found = Purpose.objects.filter(slug__in=keys.split()).select_related("activity")
        if missing := sorted(set(keys.split()) - {purpose.slug for purpose in found}):
            raise ValidationError(_("There is no purpose {key}.").format(key=missing[0]))
        return list(found)
