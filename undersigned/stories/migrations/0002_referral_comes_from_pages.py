"""The other half of pages.0006: the table is there already."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0001_initial'),
        ('pages', '0006_referral_moves_to_stories'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Referral',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(max_length=10)),
                        ('language', models.CharField(max_length=35)),
                        ('day', models.DateField()),
                        ('count', models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('channel', 'language', 'day'), name='one_total_a_channel_language_and_day')],
                    },
                ),
            ],
        ),
    ]
