"""What the door counts has one home: the table goes to the chapter of reads, with all that is in it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0005_names_on_shelves'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable(name='referral', table='stories_referral')],
            state_operations=[migrations.DeleteModel(name='Referral')],
        ),
    ]
