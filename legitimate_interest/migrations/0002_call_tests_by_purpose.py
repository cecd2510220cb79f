from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legitimate_interest", "0001_balance_tests")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="reference",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=80, verbose_name="reference"
            ),
            preserve_default=False,
        )
        for name in ("balancetest", "historicalbalancetest")
    ]
