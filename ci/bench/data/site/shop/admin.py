"""How the tables of the shop are edited."""
from django.contrib import admin

from shop import models


@admin.register(models.Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["number", "name", "price", "count", "shelf"]
    list_filter = ["shelf"]
    search_fields = ["name", "description"]
    fieldsets = [
        (None, {"fields": ["number", "name", "price"]}),
        ("More", {"fields": ["description", "count", "shelf"]}),
    ]


class LineInline(admin.TabularInline):
    model = models.Line
    extra = 1


@admin.register(models.Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["customer", "state", "at"]
    date_hierarchy = "at"
    inlines = [LineInline]


admin.site.register([models.Shelf, models.Customer])
