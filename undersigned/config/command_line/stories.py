"""`story`: bringing stories in, and what a newsroom does with them where it has no browser at hand."""

from datetime import datetime
from pathlib import Path

import click

from undersigned.config.command_line.asking import COMMAND_LINE, desk_user
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refused
from undersigned.pages.bakery import bake_due
from undersigned.releases.release import Moment
from undersigned.stories import publish, review
from undersigned.stories.import_ import import_folder
from undersigned.stories.models import Story
from undersigned.stories.rename import find_by_slug, rename


@click.group()
def story() -> None:
    """Import stories, have them reviewed, publish and withdraw them."""


@story.command("import")
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER…"
)
@click.option("--by", "email", help="The desk user who answers for it, and then cannot review it.")
def import_(folders: tuple[Path, ...], email: str | None) -> None:
    """Import each FOLDER as a draft: story.toml, one text per language (story.LANG.md), and a picture."""
    by = desk_user(email) if email else COMMAND_LINE
    refused = 0
    for folder in folders:
        try:
            imported = import_folder(folder, by, now())
        except Refused as refusal:
            refused += 1
            for fault in refusal.refusals:
                click.echo(f"refused: {folder.name}: {fault}", err=True)
            continue
        for told in (*imported.notes, *imported.gaps):
            click.echo(f"note: {folder.name}: {told}")
        languages = ", ".join(imported.story.languages)
        click.echo(f"{imported.story.slug}: a draft in {languages}, gaps: {len(imported.gaps)}")
    if refused:
        raise SystemExit(1)


@story.command("submit")
@click.argument("slug")
@click.option("--may-differ", is_flag=True, help="Passages that a language lacks are left out there on purpose.")
def submit(slug: str, may_differ: bool) -> None:
    """Hand the draft of SLUG in for review."""
    review.submit(story_called(slug), COMMAND_LINE, now(), may_differ=may_differ)
    click.echo(f"{slug}: waits for a review at the desk")


@story.command("approve")
@click.argument("slug")
@click.option("--by", "email", required=True, help="The desk user who has read it and answers for it.")
def approve(slug: str, email: str) -> None:
    """Approve SLUG as it stands, in the name of a desk user who had no hand in it."""
    found = story_called(slug)
    review.approve(found, desk_user(email), now(), found.wording.digest().hex())
    click.echo(f"{slug}: approved")


@story.command("publish")
@click.argument("slug")
@click.argument("wall")
@click.argument("zone")
def publish_(slug: str, wall: str, zone: str) -> None:
    """Publish SLUG at WALL (such as 2026-12-01T09:00, or “now”) by the clocks of ZONE (such as Asia/Seoul)."""
    found = story_called(slug)
    if wall == "now":
        publish.publish_now(found, zone, COMMAND_LINE, now())
        bake_due(now())
        click.echo(f"{slug}: published in {', '.join(found.languages)}")
        return
    try:
        moment = Moment(datetime.fromisoformat(wall), zone)
    except ValueError:
        raise click.UsageError("WALL is a date and time such as 2026-12-01T09:00, or “now”.") from None
    publish.plan(found, moment, COMMAND_LINE, now())
    click.echo(f"{slug}: will be published at {found.wall_time} {found.zone} ({found.due_at:%Y-%m-%d %H:%M} UTC)")


@story.command("rename")
@click.argument("slug")
@click.argument("new")
def rename_(slug: str, new: str) -> None:
    """Give SLUG the address NEW; once it was public, its old links lead on."""
    found = story_called(slug)
    rename(found, new, COMMAND_LINE, now())
    bake_due(now())
    click.echo(f"{slug}: is at /stories/{found.slug}/ now")


@story.command("withdraw")
@click.argument("slug")
@click.option("--reason", required=True, help="For the record; readers are not told.")
@click.option(
    "--tell", nargs=2, multiple=True, metavar="LANG TEXT", help="What readers who come to its address are told of why."
)
def withdraw(slug: str, reason: str, tell: tuple[tuple[str, str], ...]) -> None:
    """Take SLUG away from the public for good; at its address stands that it was withdrawn."""
    publish.withdraw(story_called(slug), reason, COMMAND_LINE, now(), dict(tell))
    bake_due(now())
    click.echo(f"{slug}: withdrawn")


def story_called(slug: str) -> Story:
    """The story at `slug`; else a refusal."""
    found, _has_moved = find_by_slug(slug)
    if found is None:
        known = ", ".join(Story.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise click.ClickException(f"There is no story “{slug}”. Known stories: {known}.")
    return found
