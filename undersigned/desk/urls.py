"""Where the desk answers. Everything but its static files and the choice of a language asks for sign-in first."""

from django.contrib.staticfiles.views import serve
from django.urls import path
from django.views.decorators.cache import cache_control

from undersigned.desk import (
    account,
    audit,
    draft,
    export,
    kit,
    letters,
    links,
    mails,
    newsletter,
    queue,
    release,
    signatories,
    stories,
    story_publication,
    story_review,
    story_text,
)

app_name = "desk"

# A handful of small files for a handful of people: no server for them, no step that collects them. `no-cache` lets
# a browser keep them, and ask each time whether they changed.
static_file = cache_control(no_cache=True)(serve)

urlpatterns = [
    path("", letters.letters, name="letters"),
    path("static/<path:path>", static_file, {"insecure": True}, name="static"),
    path("accounts/", account.account, name="account"),
    path("accounts/language/", account.language, name="language"),
    path("newsletter/", newsletter.newsletter, name="newsletter"),
    path("newsletter/<uuid:issue>/send/", newsletter.send, name="newsletter-send"),
    path("newsletter/<uuid:issue>/discard/", newsletter.discard, name="newsletter-discard"),
    path("mails/", mails.mailbox, name="mailbox"),
    path("mails/<str:name>/", mails.mail, name="mail"),
    path("stories/", stories.stories, name="stories"),
    path("stories/new/", stories.new, name="new-story"),
    path("stories/<slug:slug>/", stories.story, name="story"),
    path("stories/<slug:slug>/text/", story_text.text, name="story-text"),
    path("stories/<slug:slug>/discard/", story_text.discard, name="discard-correction"),
    path("stories/<slug:slug>/review/", story_review.review, name="story-review"),
    path("stories/<slug:slug>/review/submit/", story_review.submit, name="submit-story"),
    path("stories/<slug:slug>/review/send-back/", story_review.send_back, name="send-story-back"),
    path("stories/<slug:slug>/publication/", story_publication.publication, name="story-publication"),
    path("stories/<slug:slug>/publication/now/", story_publication.publish_now, name="publish-story"),
    path("stories/<slug:slug>/publication/cancel/", story_publication.cancel, name="cancel-publication"),
    path("stories/<slug:slug>/withdraw/", story_publication.withdraw, name="withdraw-story"),
    path("stories/<slug:slug>/history/", stories.history, name="story-history"),
    path("stories/<slug:slug>/history/<int:number>/", stories.edition, name="story-edition"),
    path("stories/<slug:slug>/picture/<str:name>", stories.picture, name="story-picture"),
    path("stories/<slug:slug>/preview/<str:language>/", stories.preview, name="preview-story"),
    path("<slug:slug>/", letters.letter, name="letter"),
    path("<slug:slug>/sign-ons/", letters.set_sign_ons, name="set-sign-ons"),
    path("<slug:slug>/archive/", letters.archive, name="archive"),
    path("<slug:slug>/address/", letters.address, name="address"),
    path("<slug:slug>/preview/<str:language>/", letters.preview, name="preview"),
    path("<slug:slug>/draft/", draft.text, name="draft"),
    path("<slug:slug>/draft/freeze/", draft.freeze_text, name="freeze"),
    path("<slug:slug>/draft/<slug:key>/remove/", draft.remove, name="remove-block"),
    path("<slug:slug>/draft/<slug:key>/<str:language>/", draft.block, name="block"),
    path("<slug:slug>/queue/", queue.queue, name="queue"),
    path("<slug:slug>/queue/<uuid:signature>/accept/", queue.accept, name="accept"),
    path("<slug:slug>/queue/<uuid:signature>/refuse/", queue.refuse, name="refuse"),
    path("<slug:slug>/queue/<uuid:signature>/merge/", queue.merge, name="merge"),
    path(
        "<slug:slug>/queue/<uuid:signature>/correction/accept/",
        queue.decide_correction,
        {"answer": "accept"},
        name="accept-correction",
    ),
    path(
        "<slug:slug>/queue/<uuid:signature>/correction/refuse/",
        queue.decide_correction,
        {"answer": "refuse"},
        name="refuse-correction",
    ),
    path("<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("<slug:slug>/signatories.csv", export.as_csv, name="csv"),
    path("<slug:slug>/signatories.xlsx", export.as_xlsx, name="xlsx"),
    path("<slug:slug>/signatories/<uuid:signature>/", signatories.signatory, name="signatory"),
    path("<slug:slug>/signatories/invite/", signatories.invite_all, name="invite-all"),
    path("<slug:slug>/signatories/<uuid:signature>/invite/", signatories.invite, name="invite"),
    path("<slug:slug>/signatories/<uuid:signature>/withdraw/", signatories.withdraw, name="withdraw"),
    path("<slug:slug>/signatories/<uuid:signature>/merge/", signatories.merge, name="merge-listed"),
    path("<slug:slug>/release/", release.release, name="release"),
    path("<slug:slug>/release/cancel/", release.cancel, name="cancel-release"),
    path("<slug:slug>/kit/", kit.kit, name="kit"),
    path("<slug:slug>/kit/<str:name>", kit.kit_file, name="kit-file"),
    path("<slug:slug>/links/", links.links, name="links"),
    path("<slug:slug>/links/<int:link>/revoke/", links.revoke, name="revoke"),
    path("<slug:slug>/mails/", mails.mails, name="mails"),
    path("<slug:slug>/audit/", audit.audit, name="audit"),
]
