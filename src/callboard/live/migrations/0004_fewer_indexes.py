from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("callboard_live", "0003_overseeing")]

    operations = [migrations.RemoveIndex(model_name="event", name="event_by_partition")]
