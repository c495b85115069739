"""The addresses of the site."""
from django.conf.urls import include, url
from django.contrib import admin

from shop import views

shop = [
    url(r"^$", views.index, name="index"),
    url(r"^article/(?P<number>[0-9]+)/$", views.article, name="article"),
    url(r"^order/(?P<number>[0-9]+)/$", views.order, name="order"),
]

urlpatterns = [
    url(r"^admin/", admin.site.urls),
    url(r"^shop/", include(shop)),
]
