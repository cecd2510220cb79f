import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import audit.models.base


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_daily_runs_and_rests"),
        ("processing", "0002_parts_and_retention"),
        ("processors", "0003_automation_tools"),
        ("screening", "0002_let_supervisors_ask"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactList",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("register", "from the register"),
                            ("screening", "screened dial list"),
                        ],
                        max_length=16,
                        verbose_name="kind",
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
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filters")),
                ("columns", models.JSONField(blank=True, default=list, verbose_name="columns")),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "XLSX")],
                        max_length=8,
                        verbose_name="file",
                    ),
                ),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("known_at", models.DateTimeField(verbose_name="as known at")),
                ("valid_until", models.DateTimeField(verbose_name="valid until")),
                ("allowed", models.PositiveBigIntegerField(verbose_name="allowed")),
                ("denied", models.PositiveBigIntegerField(verbose_name="denied")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_list",
                        to="audit.accessevent",
                        verbose_name="access",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="audit.job",
                        verbose_name="job",
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
                (
                    "tool",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="processors.automationtool",
                        verbose_name="tool",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact list",
                "verbose_name_plural": "contact lists",
                "ordering": ("-id",),
                "abstract": False,
                "default_permissions": ("view",),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("batch", None)),
                        fields=["-recorded_at", "-id"],
                        name="contactlist_trail",
                    ),
                    models.Index(fields=["recorded_by", "-id"], name="list_of_whom"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["register", "screening"])),
                        name="list_kind_known",
                    ),
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
                        name="list_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["csv", "xlsx"])),
                        name="list_format_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("block", models.BigIntegerField(verbose_name="block")),
                ("bits", models.BinaryField(verbose_name="members")),
                (
                    "contact_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="screening.contactlist",
                        verbose_name="contact list",
                    ),
                ),
            ],
            options={
                "verbose_name": "members of a list",
                "verbose_name_plural": "members of lists",
                "ordering": ("contact_list", "block"),
                "indexes": [
                    models.Index(fields=["block", "contact_list"], name="list_block_of_point")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact_list", "block"), name="list_block_once"
                    )
                ],
            },
        ),
    ]
