from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_live", "0005_retention")]

    operations = [
        migrations.AddField(
            model_name="enginesnapshot",
            name="epoch",
            field=models.BigIntegerField(default=0),
        ),
    ]
