"""A message board in one file of Django: models, forms, templates and JSON, over PostgreSQL.

`django_app.py setup` fills the database; a WSGI server serves `application`.
"""

import os
import sys

import django
from django.conf import settings

settings.configure(
    DEBUG=False, ALLOWED_HOSTS=['*'], SECRET_KEY='no secret', ROOT_URLCONF=__name__, USE_TZ=True,
    INSTALLED_APPS=['django.contrib.contenttypes', 'django.contrib.auth'],
    MIDDLEWARE=['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware',
                'django.middleware.http.ConditionalGetMiddleware',
                'django.middleware.clickjacking.XFrameOptionsMiddleware'],
    DATABASES={'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['STACK_DATABASE_NAME'],
                           'HOST': os.environ['STACK_DATABASE_HOST'], 'USER': 'stack', 'CONN_MAX_AGE': 600}},
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'OPTIONS': {'loaders': [
        ('django.template.loaders.cached.Loader', [('django.template.loaders.locmem.Loader', {
            'base.html': '<!doctype html><title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}',
            'thread.html': '{% extends "base.html" %}{% block title %}{{ thread.title|title }}{% endblock %}'
                           '{% block body %}<h1>{{ thread }}</h1>{% for post in posts %}<div class='
                           '"{% cycle "odd" "even" %}">{{ post.author.name }}: {{ post.text|linebreaks }} '
                           '{{ post.likes|floatformat:1 }} {% if post.likes > 5 %}popular{% else %}'
                           '{{ post.text|truncatewords:3 }}{% endif %}</div>{% empty %}none{% endfor %}'
                           '{% endblock %}'})])]}}],
    LOGGING_CONFIG=None)
django.setup()

from django import forms  # noqa: E402
from django.conf.urls import url  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402

import worker  # noqa: E402


class Author(models.Model):
    name = models.CharField(max_length=80)

    class Meta(object):
        app_label = 'board'


class Thread(models.Model):
    title = models.CharField(max_length=200)

    class Meta(object):
        app_label = 'board'

    def __str__(self):
        return '%d. %s' % (self.pk, self.title)


class Post(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name='posts')
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    text = models.TextField()
    likes = models.IntegerField(default=0)
    # Written to, and read by nobody but the writer: answers do not depend on what is asked at the same time.
    score = models.IntegerField(default=0)

    class Meta(object):
        app_label = 'board'


class RateForm(forms.Form):
    score = forms.IntegerField(min_value=0, max_value=1000)
    comment = forms.CharField(max_length=20, required=False)


def about_worker(request):
    return JsonResponse(worker.state())


def thread(request, number):
    found = get_object_or_404(Thread, pk=number)
    posts = found.posts.select_related('author').order_by('pk')
    return render(request, 'thread.html', {'thread': found, 'posts': posts})


def listing(request):
    page = int(request.GET.get('page', 0))
    found = Thread.objects.annotate(count=models.Count('posts'), likes=models.Sum('posts__likes')).order_by('pk')
    rows = [{'id': each.pk, 'title': each.title, 'count': each.count, 'likes': each.likes}
            for each in found[page * 20:page * 20 + 20]]
    return JsonResponse({'page': page, 'threads': rows})


def by_author(request, name):
    posts = Post.objects.filter(author__name__startswith=name).prefetch_related('thread', 'author')
    rows = [[post.pk, post.thread.title, post.author.name] for post in posts.order_by('-likes', 'pk')[:30]]
    return JsonResponse(rows, safe=False)


def rate(request, number):
    form = RateForm(request.GET)
    if not form.is_valid():
        return JsonResponse({name: list(errors) for name, errors in form.errors.items()}, status=400)
    post = get_object_or_404(Post, pk=number)
    post.score = form.cleaned_data['score']
    post.save(update_fields=['score'])
    return JsonResponse({'id': post.pk, 'score': post.score})


def wrong(request, number):
    return HttpResponse(Thread.objects.get(pk=-int(number)).title)


urlpatterns = [
    url(r'^worker$', about_worker), url(r'^threads$', listing), url(r'^thread/(\d+)$', thread),
    url(r'^author/(\w+)$', by_author), url(r'^rate/(\d+)$', rate), url(r'^wrong/(\d+)$', wrong)]
application = get_wsgi_application()

WORDS = 'apple brick cloud delta eagle flint grape house index jelly knife lemon mango north ocean pearl'.split()


def setup():
    with connection.schema_editor() as editor:
        for model in Author, Thread, Post:
            editor.create_model(model)

    def words(seed, count):
        return ' '.join(WORDS[(seed * 5 + n * (seed % 3 + 1)) % len(WORDS)] for n in range(count))

    Author.objects.bulk_create(Author(pk=n, name=words(n, 1) + str(n)) for n in range(1, 33))
    Thread.objects.bulk_create(Thread(pk=n, title=words(n, 4)) for n in range(1, 201))
    Post.objects.bulk_create(
        Post(pk=n, thread_id=n * 7 % 200 + 1, author_id=n % 32 + 1, text=words(n, 12) + ' <&>\n\n' + words(n, 4),
             likes=n * 13 % 17) for n in range(1, 1601))


if sys.argv[1:] == ['setup']:
    setup()
