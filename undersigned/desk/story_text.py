"""The wording of a story: all its languages in one form, its authors, its picture, the letters that it is about."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from undersigned.desk.access import DeskRequest, actor_of, on_story
from undersigned.desk.refusals import by_field, explain, refusals_of, status_of
from undersigned.desk.uploads import picture_sent
from undersigned.letters.models import Letter
from undersigned.letters.wording import as_typed
from undersigned.lib.clock import now
from undersigned.lib.refusal import Refusal
from undersigned.stories import draft, pictures
from undersigned.stories.article import Author
from undersigned.stories.draft import StoryChangedMeanwhile
from undersigned.stories.models import StoredPicture, Story
from undersigned.stories.typed import AUTHORS_LIMIT, Typed

SPARE_AUTHORS = 2


@dataclass(frozen=True, slots=True)
class Tongue:
    """The fields of one language, as they were typed."""

    tag: str
    headline: str
    subheadline: str
    text: str
    caption: str
    alternative: str
    note: str
    share: str


@on_story
def text(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Write the story, or correct it; a POST saves all its languages together."""
    if request.method != "POST":
        return _page(request, story, _as_stored(story), story.wording.digest().hex(), [])
    was = request.POST.get("was", "")
    refusals: list[Refusal] = []
    typed = _typed(request, story, refusals)
    by, at = actor_of(request), now()
    refusals = refusals or refusals_of(lambda: draft.save(story, typed, by, at, was=was))
    if refusals:
        if any(isinstance(refusal, StoryChangedMeanwhile) for refusal in refusals):
            story.refresh_from_db()
            was = story.wording.digest().hex()  # to save again is to replace what somebody else wrote
        return _page(request, story, typed, was, refusals)
    messages.success(request, _("The wording is saved. Hand it in for review when it is done."))
    return redirect("desk:story", story.slug)


@require_POST
@on_story
def discard(request: DeskRequest, story: Story) -> HttpResponseBase:
    """Let a correction go."""
    refusals = refusals_of(lambda: draft.discard(story, actor_of(request), now()))
    for refusal in refusals:
        messages.error(request, explain(refusal))
    if not refusals:
        messages.success(request, _("The correction is let go. The story stands as it was published."))
    return redirect("desk:story", story.slug)


def _typed(request: DeskRequest, story: Story, refusals: list[Refusal]) -> Typed:
    """What was typed. A picture that was sent is stored at once, so that it need not be sent again."""
    post = request.POST

    def per_language(name: str) -> dict[str, str]:
        return {tag: post.get(f"{name}-{tag}", "").strip() for tag in story.languages}

    return Typed(
        languages=tuple(story.languages),
        headline=per_language("headline"),
        subheadline=per_language("subheadline"),
        texts={tag: as_typed(post.get(f"text-{tag}", "")) for tag in story.languages},
        authors=tuple(
            Author(per_language(f"author-{number}"), post.get(f"contact-{number}", "").strip())
            for number in range(1, AUTHORS_LIMIT + 1)
        ),
        picture=_picture(request, story, refusals),
        credit=post.get("credit", "").strip(),
        licence=post.get("licence", "").strip(),
        caption=per_language("caption"),
        alternative=per_language("alternative"),
        about=_about(request),
        note=per_language("note"),
        share=per_language("share"),
    )


def _picture(request: DeskRequest, story: Story, refusals: list[Refusal]) -> str:
    """The digest of the picture: of the one that was sent, else of the one that was there, unless it is taken away."""
    try:
        content = picture_sent(request)
        if content is not None:
            return draft.store_picture(story, pictures.prepare(content), actor_of(request), now()).digest
    except Refusal as refusal:
        refusals.append(refusal)
    return "" if request.POST.get("without-picture") else request.POST.get("kept-picture", "")[:64]


def _about(request: DeskRequest) -> tuple[str, ...]:
    known = {str(pk) for pk in Letter.objects.values_list("pk", flat=True)}
    return tuple(text for text in request.POST.getlist("about") if text in known)


def _as_stored(story: Story) -> Typed:
    article, picture = story.wording, story.wording.picture
    return Typed(
        languages=tuple(story.languages),
        headline=article.headline,
        subheadline=article.subheadline,
        texts=story.texts,
        authors=article.authors,
        picture=picture.digest if picture else "",
        credit=picture.credit if picture else "",
        licence=picture.licence if picture else "",
        caption=picture.caption if picture else {},
        alternative=picture.alternative if picture else {},
        about=article.about,
        note=article.note,
        share=article.share,
    )


def _page(request: DeskRequest, story: Story, typed: Typed, was: str, refusals: list[Refusal]) -> HttpResponse:
    stored: StoredPicture | None = story.pictures.filter(digest=typed.picture).first() if typed.picture else None
    facts = {
        "story": story,
        "tab": "text",
        "was": was,
        "typed": typed,
        "writings": [_tongue(typed, tag) for tag in story.languages],
        "authors": _author_rows(typed),
        "picture": stored,
        "letters": Letter.objects.order_by("-created_at"),
        "refusals": by_field(refusals),
        "are_there_refusals": bool(refusals),
    }
    return render(request, "desk/story/text.html", facts, status=status_of(refusals))


def _tongue(typed: Typed, tag: str) -> Tongue:
    fields = (
        *(typed.headline, typed.subheadline, typed.texts),
        *(typed.caption, typed.alternative, typed.note, typed.share),
    )
    return Tongue(tag, *(field.get(tag, "") for field in fields))


def _author_rows(typed: Typed) -> list[tuple[int, list[tuple[str, str]], str]]:
    """Number, names by language and contact of each author, and some empty rows."""
    named = [author for author in typed.authors if author.contact or any(author.name.values())]
    rows = [*named, *[Author({}, "")] * SPARE_AUTHORS][: max(AUTHORS_LIMIT, len(named))]
    return [
        (number, [(tag, author.name.get(tag, "")) for tag in typed.languages], author.contact)
        for number, author in enumerate(rows, start=1)
    ]
