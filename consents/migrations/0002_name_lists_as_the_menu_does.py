from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="acquisition",
            options={
                "base_manager_name": "objects",
                "ordering": ("-id",),
                "verbose_name": "acquisition",
                "verbose_name_plural": "duty to inform (Art. 14)",
            },
        ),
        migrations.AlterModelOptions(
            name="consentimport",
            options={
                "ordering": ("-id",),
                "verbose_name": "import",
                "verbose_name_plural": "imported files",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalacquisition",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "historical acquisition",
                "verbose_name_plural": "historical duty to inform (Art. 14)",
            },
        ),
    ]
