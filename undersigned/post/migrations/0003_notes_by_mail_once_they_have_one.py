import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('post', '0002_mails_by_audience_and_end'),
    ]

    operations = [
        migrations.AlterField(
            model_name='note',
            name='mail',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='post.mail'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(condition=models.Q(('mail__isnull', False)), fields=['mail'], name='notes_by_mail'),
        ),
    ]
