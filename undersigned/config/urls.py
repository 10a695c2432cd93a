"""Where each face answers."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("undersigned.desk.account_urls")),
    path("desk/", include("undersigned.desk.urls")),
    path("", include("undersigned.pages.urls")),
]

# One and the same page for everything that is not there, or not there yet.
handler404 = "undersigned.pages.answers.not_found"
handler400 = "undersigned.pages.answers.bad_request"
handler500 = "undersigned.pages.answers.fault"
