from django.urls import path

from benchmark.django_form.views import sign, thanks

urlpatterns = [path("sign/", sign), path("thanks/", thanks)]
