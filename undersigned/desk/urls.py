"""Where this face answers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
