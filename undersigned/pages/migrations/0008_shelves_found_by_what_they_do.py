from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0007_baked_gains_beside"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="shelf",
            name="shelves_to_be_made",
        ),
        migrations.AddIndex(
            model_name="shelf",
            index=models.Index(
                condition=models.Q(("is_dirty", True)), fields=["bookcase", "key"], name="shelves_to_be_made"
            ),
        ),
        migrations.AddIndex(
            model_name="shelf",
            index=models.Index(
                condition=models.Q(("begins_row", True), ("is_gone", False)),
                fields=["bookcase", "key"],
                name="begins_of_rows",
            ),
        ),
        migrations.AddIndex(
            model_name="shelf",
            index=models.Index(
                condition=models.Q(("ends_row", True), ("is_gone", False)),
                fields=["bookcase", "key"],
                name="ends_of_rows",
            ),
        ),
        migrations.AddIndex(
            model_name="shelf",
            index=models.Index(fields=["bookcase", "is_gone", "size"], name="sizes_of_shelves"),
        ),
    ]
