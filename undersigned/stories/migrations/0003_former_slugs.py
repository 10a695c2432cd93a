import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0002_referral_comes_from_pages'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerStorySlug',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=60, unique=True)),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_slugs', to='stories.story')),
            ],
        ),
    ]
