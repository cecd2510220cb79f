"""Privacy notices as clients read them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import Instant, Strict
from accounts.api.texts import Texts
from notices.addresses import public_url
from notices.choices import Article, VersionStatus
from notices.models import NoticeVersion
from processing.api.purposes import granted_purposes


class NoticeQuerySerializer(Strict):
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=32_767,
        help_text="A version that was published. Left out: the one that people are told by now.",
    )


class NoticeSerializer(serializers.Serializer):
    """A version of a notice, exactly as it was approved, published and hashed."""

    slug = serializers.SlugField(source="notice.slug")
    controller = serializers.SlugField(source="notice.controller.slug")
    article = serializers.ChoiceField(
        Article.choices, source="notice.article", help_text="The duty that it meets: Art. 13 or 14."
    )
    name = Texts("notice")
    audience = Texts("notice")
    version = serializers.IntegerField(source="number")
    uuid = serializers.UUIDField(help_text="Of this version.")
    status = serializers.ChoiceField(
        [VersionStatus.SCHEDULED, VersionStatus.IN_FORCE, VersionStatus.ARCHIVED]
    )
    effective_from = Instant()
    effective_until = Instant(
        source="archived_at", allow_null=True, help_text="The first instant without it."
    )
    text = Texts(help_text="Markdown.")
    sha256 = serializers.CharField(
        help_text="Over the Polish text, a zero byte and the English one, in UTF-8."
    )
    purposes = serializers.SerializerMethodField(
        help_text="The purposes that it tells of, as far as this client may use them."
    )
    url = serializers.SerializerMethodField(help_text="Where people read it.")

    def get_purposes(self, version: NoticeVersion) -> list[str]:
        granted = granted_purposes(self.context["request"].user)
        named = granted.filter(notice_versions__version=version)
        return list(named.order_by("slug").values_list("slug", flat=True))

    @extend_schema_field(serializers.URLField)
    def get_url(self, version: NoticeVersion) -> str:
        return public_url(version.notice)
