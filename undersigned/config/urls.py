"""Where each face answers."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("desk/", include("undersigned.desk.urls")),
    path("", include("undersigned.pages.urls")),
]
