from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_daily_runs_and_rests"),
        ("screening", "0004_keep_dial_lists_while_screened"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "permissions": [("export_decision", "Can export the log of decisions")],
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("audit.accessevent",),
        ),
        migrations.AlterModelOptions(
            name="contactlist",
            options={
                "base_manager_name": "objects",
                "default_permissions": ("view",),
                "ordering": ("-id",),
                "permissions": [("export_contactlist", "Can export the register of contact lists")],
                "verbose_name": "contact list",
                "verbose_name_plural": "contact lists",
            },
        ),
    ]
