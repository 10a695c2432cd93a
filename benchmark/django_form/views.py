"""The form, and where it leads."""

import secrets

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from benchmark.django_form.models import Outgoing, Sign


class SignForm(forms.ModelForm):
    class Meta:
        model = Sign
        fields = ["name", "email", "country", "visibility", "consent", "age"]


def sign(request: HttpRequest) -> HttpResponse:
    form = SignForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "django_form/sign.html", {"form": form}, status=422 if form.errors else 200)
    with transaction.atomic():
        signed = form.save()
        body = f"Please confirm: http://127.0.0.1/confirm/{secrets.token_urlsafe(24)}/"
        Outgoing.objects.create(sign=signed, subject="Please confirm", body=body)
    return redirect("/thanks/")


def thanks(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Thank you. Please look into your mailbox.")
