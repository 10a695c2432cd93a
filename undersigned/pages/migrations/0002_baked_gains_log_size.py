from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("pages", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="baked",
            name="log_size",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
    ]
