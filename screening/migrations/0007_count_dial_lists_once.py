from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0006_let_clients_bring_dial_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="diallist",
            name="is_counted",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
