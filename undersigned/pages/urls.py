"""Where this face answers, behind the public folder: what is not a file there, and everything that is posted."""

from django.urls import path, register_converter

from undersigned.pages import asked, invited, newsletter, private, signing, story_preview


class TagConverter:
    """The tag of a language, as it stands in an address."""

    regex = "[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TagConverter, "tag")

urlpatterns = [
    path("s/<str:token>/", private.own),
    path("s/<str:token>/correct/", private.correction),
    path("n/<str:token>/", newsletter.subscription),
    path("<tag:language>/newsletter/", newsletter.subscribe),
    path("s/<str:token>/<tag:language>/", private.own),
    path("s/<str:token>/<tag:language>/correct/", private.correction),
    path("s/<str:token>/<tag:language>/letter/", asked.read),
    path("s/<str:token>/<tag:language>/sign/", asked.sign),
    path("code/", signing.confirm_code),
    path("i/<str:token>/<tag:language>/", invited.invitation),
    path("i/<str:token>/<tag:language>/sign/<slug:kind>/", invited.sign_by_invitation),
    path("p/<str:token>/<tag:language>/", invited.preview),
    path("p/story/<str:token>/<tag:language>/", story_preview.page),
    path("p/story/<str:token>/<str:name>", story_preview.picture),
    path("<slug:slug>/<tag:language>/sign/<slug:kind>/", signing.sign_publicly),
    path("<slug:slug>/<tag:language>/find/", signing.find),
]
