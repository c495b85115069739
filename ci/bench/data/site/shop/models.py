"""What the shop keeps in its database."""
from django.core.validators import MinValueValidator
from django.db import models


class Shelf(models.Model):
    letter = models.CharField(max_length=1, unique=True)
    height = models.PositiveSmallIntegerField(default=5)

    def __str__(self):
        return self.letter


class Article(models.Model):
    number = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=80, db_index=True)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, validators=[MinValueValidator(0)])
    count = models.IntegerField(default=0)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.SET_NULL, related_name="articles")
    like = models.ManyToManyField("self", blank=True)

    class Meta:
        ordering = ["number"]
        unique_together = [("name", "shelf")]

    def __str__(self):
        return self.name


class Customer(models.Model):
    name = models.CharField(max_length=80)
    email = models.EmailField(unique=True)
    since = models.DateField(auto_now_add=True)


class Order(models.Model):
    STATES = [("new", "new"), ("paid", "paid"), ("sent", "sent")]
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    articles = models.ManyToManyField(Article, through="Line")
    state = models.CharField(max_length=4, choices=STATES, default="new")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "at"


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    article = models.ForeignKey(Article, on_delete=models.PROTECT)
    count = models.PositiveIntegerField(default=1)
