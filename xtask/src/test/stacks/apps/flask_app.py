"""A book shop in Flask and SQLAlchemy: JSON and pages from a database, and writes to it.

`flask_app.py setup` fills the database; a WSGI server serves `application`.
"""

from __future__ import division

import os
import sys

from flask import Flask, abort, jsonify, render_template_string, request
from sqlalchemy import Column, ForeignKey, Integer, String, Text, create_engine, func
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import joinedload, relationship, scoped_session, sessionmaker, subqueryload
from sqlalchemy.pool import NullPool, QueuePool

import worker

if os.environ.get('STACK_GREEN'):
    # Otherwise a query of one greenlet would keep all others waiting.
    import psycopg2.extensions
    from gevent.socket import wait_read, wait_write

    def wait(connection):
        while True:
            state = connection.poll()
            if state == psycopg2.extensions.POLL_OK:
                return
            (wait_read if state == psycopg2.extensions.POLL_READ else wait_write)(connection.fileno())

    psycopg2.extensions.set_wait_callback(wait)

SETUP = len(sys.argv) == 2 and sys.argv[1] == 'setup'
engine = create_engine(os.environ['STACK_DATABASE'], poolclass=NullPool if SETUP else QueuePool)
Session = scoped_session(sessionmaker(bind=engine))
Base = declarative_base()


class Author(Base):
    __tablename__ = 'author'
    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    books = relationship('Book', order_by='Book.id', back_populates='author')


class Book(Base):
    __tablename__ = 'book'
    id = Column(Integer, primary_key=True)
    title = Column(String(200), nullable=False)
    price = Column(Integer, nullable=False)
    # Written to, and read by nobody but the writer: answers do not depend on what is asked at the same time.
    stock = Column(Integer, nullable=False, default=0)
    blurb = Column(Text, nullable=False)
    author_id = Column(Integer, ForeignKey('author.id'), nullable=False)
    author = relationship(Author, back_populates='books')
    reviews = relationship('Review', order_by='Review.id')

    def brief(self):
        return {'id': self.id, 'title': self.title, 'price': self.price / 100, 'author': self.author.name}


class Review(Base):
    __tablename__ = 'review'
    id = Column(Integer, primary_key=True)
    stars = Column(Integer, nullable=False)
    text = Column(Text, nullable=False)
    book_id = Column(Integer, ForeignKey('book.id'), nullable=False)


application = Flask(__name__)
application.config['PROPAGATE_EXCEPTIONS'] = False
application.logger.disabled = True

PAGE = u'''<!doctype html><title>{{ book.title }}</title><h1>{{ book.title|title }}</h1>
<p>by {{ book.author.name }}, {{ '%.2f'|format(book.price / 100) }}</p>
{% for paragraph in book.blurb.split('\n') %}<p>{{ paragraph }}</p>
{% endfor %}<ul>{% for review in book.reviews if review.stars > 1 %}
<li class="{{ loop.cycle('odd', 'even') }}">{{ '*' * review.stars }} {{ review.text|truncate(40) }}{% else %}
<li>none{% endfor %}
</ul>'''


@application.teardown_appcontext
def done(error):
    Session.remove()


@application.route('/worker')
def about_worker():
    return jsonify(worker.state())


@application.route('/books')
def books():
    page = request.args.get('page', 0, type=int)
    query = Session.query(Book).options(joinedload(Book.author)).order_by(Book.id)
    found = query.offset(page * 20).limit(20).all()
    return jsonify(page=page, books=[book.brief() for book in found])


@application.route('/book/<int:number>')
def book(number):
    found = Session.query(Book).get(number)
    if found is None:
        abort(404)
    reviews = [{'stars': review.stars, 'text': review.text} for review in found.reviews]
    mean = sum(review['stars'] for review in reviews) / len(reviews) if reviews else None
    return jsonify(found.brief(), reviews, {'mean': mean, 'blurb': found.blurb})


@application.route('/page/<int:number>')
def page(number):
    found = Session.query(Book).get(number)
    return render_template_string(PAGE, book=found) if found else abort(404)


@application.route('/author/<int:number>')
def author(number):
    query = Session.query(Author).options(subqueryload(Author.books).subqueryload(Book.reviews))
    found = query.filter(Author.id == number).one()
    books = {}
    for each in found.books:
        books[each.title] = sorted((review.stars for review in each.reviews), reverse=True)
    return jsonify(name=found.name, books=books)


@application.route('/search')
def search():
    word = request.args['word']
    query = Session.query(Author.name, func.count(Book.id), func.sum(Book.price)).join(Book)
    rows = query.filter(Book.title.like('%' + word + '%')).group_by(Author.name).order_by(Author.name).all()
    return jsonify([dict(zip(('name', 'books', 'sum'), row)) for row in rows])


@application.route('/book/<int:number>/stock', methods=['PUT'])
def restock(number):
    found = Session.query(Book).options(joinedload(Book.author)).filter_by(id=number).one()
    found.stock = request.get_json(force=True)['stock']
    Session.commit()
    return jsonify(found.brief(), found.stock)


@application.route('/wrong/<int:number>')
def wrong(number):
    return jsonify([number, {}[number]])


@application.errorhandler(500)
def failed(error):
    original = getattr(error, 'original_exception', None) or error
    return 'failed: %s' % type(original).__name__, 500


WORDS = ('river stone winter garden silent letter orange window music paper harbour lantern copper meadow thunder '
         'velvet compass marble shadow ember').split()


def setup():
    Base.metadata.create_all(engine)
    session = Session()

    def words(seed, count):
        return ' '.join(WORDS[(seed * 7 + n * (seed % 5 + 1)) % len(WORDS)] for n in range(count))

    for number in range(1, 41):
        session.add(Author(id=number, name=words(number, 2).title()))
    for number in range(1, 401):
        session.add(Book(id=number, title=words(number, 3), price=500 + number * 37 % 4000,
                         blurb='\n'.join(words(number + n, 12) + ' <&>' for n in range(3)),
                         author_id=number * 11 % 40 + 1))
        for turn in range(number % 4):
            session.add(Review(id=number * 4 + turn, stars=(number + turn) % 5 + 1, text=words(number, 9),
                               book_id=number))
    session.commit()


if SETUP:
    setup()
