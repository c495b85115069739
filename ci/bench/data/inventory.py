#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Keeps the stock of a small shop: what there is, where it lies, what is to be ordered.

Written the way programs were in 2006, for tools that bring such programs to Python 3.
"""
import ConfigParser
import Queue
import StringIO
import os
import string
import sys
import types
import urllib2
from itertools import imap, izip, ifilter

DEFAULTS = {'limit': 10, 'currency': u'EUR', 'shelves': 0777}
WEEKDAYS = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')


class StockError(StandardError):
    def __init__(self, article, message):
        StandardError.__init__(self, article, message)
        self.article = article
        self.message = message

    def __str__(self):
        return `self.article` + ': ' + self.message


class Article:
    count = 0L

    def __init__(self, number, name, price, (shelf, row)=(0, 0)):
        if not isinstance(number, (int, long)):
            raise TypeError, 'a number is an int and not %r' % type(number)
        self.number = number
        self.name = unicode(name)
        self.price = price
        self.shelf, self.row = shelf, row

    def __nonzero__(self):
        return self.count <> 0

    def __cmp__(self, other):
        return cmp((self.shelf, self.row, self.number), (other.shelf, other.row, other.number))

    def __getslice__(self, low, high):
        return self.name[low:high]

    def __unicode__(self):
        return u'%s (%d) at %s' % (self.name, self.count, self.place())

    def place(self):
        return '%c%02d' % (string.uppercase[self.shelf], self.row)

    def take(self, count=1):
        if count > self.count:
            raise StockError(self, 'there are only %d' % self.count)
        self.count -= count
        return count

    def put(self, count=1):
        self.count += count


class Stock(dict):
    __metaclass__ = type

    def add(self, article):
        if self.has_key(article.number):
            raise StockError, (article, 'is there already')
        self[article.number] = article

    def on_shelf(self, shelf):
        found = filter(lambda article: article.shelf == shelf, self.itervalues())
        found.sort()
        return found

    def value(self):
        return reduce(lambda total, article: total + article.price * article.count, self.values(), 0)

    def missing(self, limit=None):
        if limit == None:
            limit = DEFAULTS['limit']
        return [number for number in self.keys() if self[number].count < limit]

    def names(self):
        return map(lambda article: article.name, self.values())

    def report(self, out=sys.stdout):
        print >>out, 'number', 'name', 'price', 'count'
        print >>out, '-' * 40
        for number, article in sorted(self.iteritems()):
            print >>out, '%6d' % number,
            print >>out, article.name.encode('utf-8'), article.price, article.count
        print >>out
        print >>out, 'worth %.2f' % self.value()


class Orders:
    """Orders in the sequence in which they came; threads take them from a queue."""

    def __init__(self, stock):
        self.stock = stock
        self.queue = Queue.Queue()
        self.done = []

    def put(self, customer, wanted):
        for number, count in wanted.items():
            if not number in self.stock:
                print >>sys.stderr, 'no article', number
                continue
            self.queue.put((customer, number, count))

    def serve(self):
        while 1:
            try:
                customer, number, count = self.queue.get(False)
            except Queue.Empty:
                break
            try:
                self.stock[number].take(count)
            except StockError, error:
                print 'sorry,', customer, '-', error
            except (KeyError, ValueError), error:
                print 'unknown:', error
                raise
            else:
                self.done.append((customer, number, count))
        return len(self.done)

    def by_customer(self):
        customers = {}
        for customer, number, count in self.done:
            customers.setdefault(customer, []).append((number, count))
        names = customers.keys()
        names.sort(lambda a, b: cmp(a.lower(), b.lower()))
        for name, number in izip(names, xrange(len(names))):
            yield number, name, customers[name]


def read(file):
    """The stock that a file describes, of lines `number;name;price;shelf;row;count`."""
    stock = Stock()
    for line in file:
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        fields = map(string.strip, line.split(';'))
        number, name, price, shelf, row, count = fields
        article = Article(int(number), name.decode('utf-8'), float(price), (int(shelf), int(row)))
        article.put(long(count))
        stock.add(article)
    return stock


def settings(path):
    parser = ConfigParser.ConfigParser(dict(imap(lambda (k, v): (k, str(v)), DEFAULTS.iteritems())))
    if os.path.exists(path):
        parser.readfp(file(path))
    result = {}
    for section in parser.sections():
        for name, value in parser.items(section):
            exec 'value = %r' % value in result
    return result


def fetch(address):
    try:
        page = urllib2.urlopen(address)
    except urllib2.URLError, (reason,):
        print 'cannot read', address, ':', reason
        return u''
    return unicode(page.read(), 'latin-1')


def ask(question, kinds=(types.StringType, types.UnicodeType)):
    answer = raw_input(question + u' ')
    assert type(answer) in kinds
    if apply(isinstance, (answer, basestring)):
        return answer
    return input(question)


def main(args):
    text = StringIO.StringIO('1;Nägel;0.05;0;3;1000\n2;Schrauben;0.12;0;4;250\n3;Hammer;12.50;1;0;7\n')
    stock = read(text)
    stock.report()
    orders = Orders(stock)
    orders.put('Ada', {1: 100, 3: 1})
    orders.put('bob', {2: 300, 9: 1})
    print orders.serve(), 'served'
    for number, name, lines in orders.by_customer():
        print number, name, lines
    print ', '.join(name for name in ifilter(None, stock.names()))
    print 'missing:', stock.missing()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
