# Strings that are joined: a temporary one may grow in place, any other must not.
from __future__ import print_function
import sys

ROUNDS = 400


def same(text):
    return text


def chain(a, b):
    return a + b + a + 'x' + b


def kept(text):
    seen = []
    out = same(text) + '!'
    seen.append(out)
    more = same(out) + '?'
    return text, out, more, seen[0] is out


def in_lists(parts):
    whole = [part + '.' for part in parts]
    return whole[0] + whole[1] + whole[0], whole


def attributes(holder):
    return holder.text + '+' + holder.text + holder.text, holder.text


def grown(text, count):
    for _ in range(count):
        text = same(text + 'a') + 'b'
    return text


def bound_later(text):
    other = same(text)
    other = same(other) + other
    text = same(other) + text
    return text, other


def called(text):
    return len(same(text) + 'abc' + text), (same(text) + 'q').upper(), same(text) + text in {text + text: 1}


def added(a, b):
    try:
        return a + b + a
    except TypeError as error:
        return type(error).__name__


class Holder(object):
    text = 'held'


class Text(str):
    def __add__(self, other):
        return 'mine(' + str.__add__(self, other) + ')'

    def __radd__(self, other):
        return 'right(' + other + ')'


TEXTS = ['', 'a', 'abc', 'name', 'x' * 300]

for _ in range(ROUNDS):
    result = [chain(a, b) for a in TEXTS[:4] for b in TEXTS[:3]], [kept(text) for text in TEXTS[:4]]
    result += in_lists(TEXTS[1:4]), attributes(Holder()), grown('', 5), bound_later('ab'), called('pq')
print(result)
print(Holder.text, TEXTS[:4], len(grown('', 20000)))
print(sys.intern('name') is TEXTS[3] if hasattr(sys, 'intern') else intern('name') is TEXTS[3])
for a in (u'unicode', 'str', Text('text'), 1, [1], (), None, b'bytes'):
    for b in (u'u\u1234', 'str', Text('other'), 2.5, [2], (3,)):
        print(repr(added(a, b)).replace("u'", "'"), end=' ')
print()
