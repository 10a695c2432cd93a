"""Stories: the table of all, the page of one, what it said before."""

from django.conf import settings
from django.contrib import messages
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, actor_of, on_story
from undersigned.desk.refusals import by_field, refusals_of, status_of
from undersigned.desk.story_steps import next_step
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.lib.languages import LanguageTag
from undersigned.lib.refusal import Refusal, Refused, gettext_noop
from undersigned.stories import draft
from undersigned.stories import preview as previews
from undersigned.stories.draft import NewStory
from undersigned.stories.models import Edition, Story
from undersigned.stories.rename import rename

TYPES = {"jpg": "image/jpeg", "png": "image/png"}


class LanguagesNeeded(Refusal):
    code = "languages-needed"
    message = gettext_noop("Name at least one language, such as “ko, en, zh-Hans”, and each only once.")


@require_safe
def stories(request: DeskRequest) -> HttpResponse:
    """All stories, the newest first."""
    rows = Story.objects.annotate(newest=Coalesce("published_at", "created_at")).order_by("-newest", "slug")
    steps = [(story, next_step(story, request.user)) for story in rows]
    return render(request, "desk/story/stories.html", {"steps": steps})


def new(request: DeskRequest) -> HttpResponseBase:
    """Begin a story: its address and its languages, which stay."""
    refusals: list[Refusal] = []
    typed = {name: request.POST.get(name, "").strip() for name in ("slug", "languages")}
    if request.method == "POST":
        by, at = actor_of(request), now()
        refusals = refusals_of(lambda: draft.create(NewStory(typed["slug"], _languages(typed["languages"])), by, at))
        if not refusals:
            return redirect("desk:story-text", typed["slug"])
    facts = {"typed": typed, "refusals": by_field(refusals)}
    return render(request, "desk/story/new.html", facts, status=status_of(refusals))


@require_safe
@on_story
def story(request: DeskRequest, story: Story) -> HttpResponse:
    """One story: its two facts, the next step, what else is allowed."""
    at = now()
    facts = {
        "story": story,
        "tab": "story",
        "step": next_step(story, request.user),
        "edition": story.edition,
        "countdown": timeuntil(story.due_at, at, depth=2) if story.due_at else "",
        "is_overdue": story.due_at is not None and story.due_at <= at,
        "sent_back": story.audit.filter(act="story sent back").order_by("-pk").first(),
        "letters": Letter.objects.filter(pk__in=story.wording.about).order_by("slug"),
    }
    return render(request, "desk/story/story.html", facts)


@on_story
def address(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Give the story another address."""
    refusals: list[Refusal] = []
    slug = story.slug
    if request.method == "POST":
        slug = request.POST.get("slug", "").strip()
        refusals = refusals_of(lambda: rename(story, slug, actor_of(request), now()))
        if not refusals:
            messages.success(request, _("The story has its new address. Old public links lead on to it."))
            return redirect("desk:story", story.slug)
    facts = {"story": story, "tab": "story", "slug": slug, "refusals": by_field(refusals)}
    return render(request, "desk/story/address.html", facts, status=status_of(refusals))


@require_safe
@on_story
def history(request: DeskRequest, story: Story) -> HttpResponse:
    """Who did what, and every wording that was public."""
    facts = {
        "story": story,
        "tab": "history",
        "records": story.audit.order_by("-at", "-pk"),
        "editions": story.editions.order_by("-number"),
    }
    return render(request, "desk/story/history.html", facts)


@require_safe
@on_story
def edition(request: DeskRequest, story: Story, number: int) -> HttpResponse:
    """A wording as it was published, in all its languages."""
    row: Edition | None = story.editions.filter(number=number).first()
    if row is None:
        raise Http404
    return render(request, "desk/story/edition.html", {"story": story, "tab": "history", "edition": row})


@require_safe
@on_story
def picture(request: DeskRequest, story: Story, name: str) -> HttpResponse:
    """A picture of the story, in one of its sizes."""
    for stored in story.pictures.order_by("pk"):
        content = stored.file(name)
        if content is not None:
            return HttpResponse(content, content_type=TYPES[stored.suffix])
    raise Http404


@require_safe
@on_story
def preview(request: DeskRequest, story: Story, language: str) -> HttpResponseBase:
    """The wording in work as it will look, by a private link that is good for a day."""
    token = previews.lend(story, settings.KEYS.site_key("links"), now())
    tag = language if language in story.languages else story.languages[0]
    if not story.wording.headline.get(tag):
        messages.error(request, _("This story has no text yet. Write it first."))
        return redirect("desk:story", story.slug)
    return redirect(f"/p/story/{token}/{tag}/")


def _languages(typed: str) -> tuple[str, ...]:
    tags = [LanguageTag.parse(part, "languages").value for part in typed.replace(",", " ").split()]
    if not tags or len(set(tags)) < len(tags):
        raise Refused([LanguagesNeeded("languages")])
    return tuple(tags)
