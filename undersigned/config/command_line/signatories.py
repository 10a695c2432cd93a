"""`signatories`: bringing in today's sheet."""

from pathlib import Path

import click

from undersigned.config.command_line.asking import COMMAND_LINE, desk_user, letter_called
from undersigned.lib.clock import now
from undersigned.signing.ask import Evidence, Import, Outcome, import_rows
from undersigned.signing.sheet import Sheet, read_sheet


@click.group()
def signatories() -> None:
    """Import today's sheet of signatories."""


@signatories.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["organisation", "person", "supporter"]),
    default="organisation",
    show_default=True,
    help="What the rows are that do not say.",
)
@click.option(
    "--map", "mapping", multiple=True, metavar="HEADER=FIELD", help="Which field a header means. May be repeated."
)
@click.option(
    "--attested", metavar="EVIDENCE", help="List them at once, on this evidence of their consent; needs --by."
)
@click.option("--by", metavar="EMAIL", help="The desk user who answers for the evidence.")
@click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")
def import_(**asked: object) -> None:
    """Import FILE (CSV or XLSX) into the letter SLUG: its signatories are asked, and the refused rows listed."""
    letter, file, attested = letter_called(str(asked["slug"])), asked["file"], asked["attested"]
    if (attested is None) != (asked["by"] is None):
        raise click.UsageError("--attested and --by go together: somebody answers for the evidence.")
    by = desk_user(str(asked["by"])) if asked["by"] else COMMAND_LINE
    evidence = Evidence(by, str(attested)) if attested else None
    assert isinstance(file, Path)  # noqa: S101  click has made it one
    sheet = read_sheet(file, _mapping(asked["mapping"]))
    _tell_columns(sheet)
    terms = Import(letter, by, str(asked["kind"]), evidence, bool(asked["dry_run"]))
    with click.progressbar(length=len(sheet.rows), label="Rows") as bar:
        outcome = import_rows(sheet.rows, terms, now(), lambda: bar.update(1))
    _tell(outcome, dry=terms.dry)


def _mapping(pairs: object) -> dict[str, str]:
    assert isinstance(pairs, tuple)  # noqa: S101  click has made it one
    if not all("=" in pair for pair in pairs):
        raise click.UsageError("--map takes HEADER=FIELD.")
    return dict(pair.rsplit("=", 1) for pair in pairs)


def _tell_columns(sheet: Sheet) -> None:
    for header, field in sheet.headers.items():
        click.echo(f"column “{header}” → {field}")
    for header in sheet.unknown:
        click.echo(f"column “{header}” was not recognised and is left out; --map names it")


def _tell(outcome: Outcome, *, dry: bool) -> None:
    for row in outcome.refused:
        for refusal in row.refusals:
            click.echo(f"row {row.number} refused ({row.name}): {refusal.field}: {refusal}")
    would = "would be " if dry else ""
    click.echo(
        f"{outcome.asked} {would}asked, {outcome.listed} of them {would}listed, {len(outcome.refused)} refused; "
        f"organisations: {outcome.new_organisations} new, {outcome.known_organisations} known"
    )
    if dry:
        click.echo("Nothing was changed.")
