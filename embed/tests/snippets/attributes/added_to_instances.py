# New attributes in hot code: names that collide, dicts that grow, had others deleted, or have keys that are no strings; their order and references.
from __future__ import print_function
import sys


class Value(object):
    alive = 0

    def __init__(self):
        Value.alive += 1

    def __del__(self):
        Value.alive -= 1


class Few(object):
    def __init__(self, router, server_conn, request_conn):
        self.server_conn = server_conn
        self.request_conn = request_conn
        self.delegate = None
        self.router = router


class Many(object):
    def __init__(self, a, b):
        self.first = a
        self.second = b
        self.third = a
        self.fourth = b
        self.fifth = a
        self.sixth = b
        self.seventh = [a]
        self.eighth = b
        self.ninth = a
        self.tenth = None
        self.eleventh = 1.5
        self.twelfth = b


class Old:
    def __init__(self, a, b):
        self.alpha = a
        self.beta = b
        self.gamma = a
        self.delta = b
        self.epsilon = a
        self.zeta = b
        self.eta = a


class Again(object):
    def __init__(self, n):
        self.one = n
        self.two = n
        self.three = n
        del self.two
        self.four = n
        if n % 2:
            del self.one
        self.two = n + 1
        self.five = n
        self.__dict__.update(six=n)
        self.seven = n


class Mixed(object):
    def __init__(self, n):
        self.__dict__[n] = n
        self.one = n
        self.two = n
        self.three = n


def make(n):
    kept = []
    value = Value()
    for i in range(n):
        other = Value()
        made = [Few(value, other, i), Many(value, other), Old(value, other), Again(i), Mixed(i % 3)]
        if i % 500 == 0:
            kept.append(made)
        del other
    return kept, sys.getrefcount(value) - len(kept) * 13


def shown(instance):
    return [(name, type(value).__name__) for name, value in instance.__dict__.items()]


def in_order(instance):
    # Before 3.6, the order is that of hashes, which differ from one process to the next on 3.x.
    return shown(instance) if sys.version_info[0] < 3 else sorted(shown(instance), key=str)


for _ in range(3):
    kept, references = make(4000)
    print(references, Value.alive)
    for made in kept[::3]:
        for instance in made:
            print(type(instance).__name__, in_order(instance))
    del kept, made, instance
    print(Value.alive)
