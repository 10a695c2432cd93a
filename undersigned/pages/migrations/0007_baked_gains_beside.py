from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0006_referral_moves_to_stories'),
    ]

    operations = [
        migrations.AddField(
            model_name='baked',
            name='beside',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
    ]
