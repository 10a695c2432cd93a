from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0003_former_slugs'),
    ]

    operations = [
        migrations.AddField(
            model_name='story',
            name='told',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='story',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
    ]
