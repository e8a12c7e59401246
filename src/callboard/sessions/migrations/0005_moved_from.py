from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callboard_sessions", "0004_servers_and_links")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="moved_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
