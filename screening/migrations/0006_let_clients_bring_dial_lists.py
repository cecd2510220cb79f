import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_api_clients"),
        ("audit", "0006_daily_runs_and_rests"),
        ("processing", "0003_purposes_of_clients"),
        ("processors", "0004_cite_adequacy_decisions"),
        ("screening", "0005_show_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="diallist",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
                verbose_name="API client",
            ),
        ),
        migrations.AlterField(
            model_name="diallist",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who",
            ),
        ),
        migrations.AddConstraint(
            model_name="diallist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client", None), ("owner__isnull", False)),
                    models.Q(("client__isnull", False), ("owner", None)),
                    _connector="OR",
                ),
                name="dial_list_brought_by_one",
            ),
        ),
    ]
