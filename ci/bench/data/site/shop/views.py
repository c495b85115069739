"""The pages of the shop."""
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from shop.models import Article, Order


def index(request):
    return HttpResponse("\n".join(str(article) for article in Article.objects.all()))


def article(request, number):
    return HttpResponse(get_object_or_404(Article, number=number).description)


def order(request, number):
    return HttpResponse(get_object_or_404(Order, pk=number).state)
