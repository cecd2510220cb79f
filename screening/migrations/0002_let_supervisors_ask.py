import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import audit.models.base
import screening.models


class Migration(migrations.Migration):
    dependencies = [
        ("processing", "0002_parts_and_retention"),
        ("screening", "0001_let_lists_and_checks_be_permitted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="recorded"
                    ),
                ),
                (
                    "recorded_name",
                    models.CharField(
                        blank=True,
                        default=audit.models.base._by_name,
                        editable=False,
                        max_length=254,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("admin", "panel"),
                            ("api", "API"),
                            ("link", "link"),
                            ("import", "import"),
                            ("command", "command"),
                        ],
                        default=audit.models.base._way,
                        editable=False,
                        max_length=16,
                        verbose_name="way",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, default=audit.models.base._reason, verbose_name="reason"
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        blank=True,
                        db_index=True,
                        default=audit.models.base._batch,
                        editable=False,
                        null=True,
                        verbose_name="batch",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "SMS"),
                            ("voice", "Phone"),
                            ("automated_call", "Automated call"),
                            ("messenger", "Messenger"),
                            ("push", "Push"),
                            ("post", "Letter"),
                        ],
                        max_length=16,
                        verbose_name="channel",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        validators=[screening.models.known_reason],
                        verbose_name="why left out",
                    ),
                ),
                (
                    "count",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="number of contacts",
                    ),
                ),
                ("note", models.TextField(max_length=2000, verbose_name="what it is about")),
                (
                    "answers",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="screening.handover",
                        verbose_name="question",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="processing.purpose",
                        verbose_name="purpose",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        default=audit.models.base._by_id,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "supervisor's question",
                "verbose_name_plural": "supervisors' questions",
                "ordering": ("-id",),
                "permissions": [
                    ("hand_over", "Can hand a reason over to the data protection officer"),
                    ("answer_handover", "Can answer what supervisors hand over"),
                ],
                "abstract": False,
                "default_permissions": ("view",),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("batch", None)),
                        fields=["-recorded_at", "-id"],
                        name="handover_trail",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "channel__in",
                                [
                                    "email",
                                    "sms",
                                    "voice",
                                    "automated_call",
                                    "messenger",
                                    "push",
                                    "post",
                                ],
                            )
                        ),
                        name="handover_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0), models.Q(("note", ""), _negated=True)),
                        name="handover_says_something",
                        violation_error_message="Say in a few words what it is about.",
                    ),
                ],
            },
        ),
    ]
