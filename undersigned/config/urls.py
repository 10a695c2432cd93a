"""Where each face answers."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("undersigned.desk.account_urls")),
    path("desk/", include("undersigned.desk.urls")),
    path("", include("undersigned.pages.urls")),
]
