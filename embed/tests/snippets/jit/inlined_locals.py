# Functions that bind locals, ask containers, call builtins and work on longs are built in the place of their calls.
from __future__ import print_function
import math

ROUNDS = 4000


class Bag(object):
    def __init__(self):
        self.items = [[1], [1, 2], [3]]
        self.known = {1: 'one', 2 ** 70: 'big', 'a': 'letter'}
        self.seen = set([2 ** 70, 3])
        self.hash = 2 ** 64 - 1

    def is_done(self, index):
        return len(self.items[index]) == 1

    def swap(self, a, b):
        before = self.items[a]
        a = before
        before = b
        return a, before

    def has(self, key):
        found = key in self.known
        return found

    def was_seen(self, key):
        return key in self.seen

    def mix(self, number):
        self.hash ^= number
        return self.hash

    def root(self, x):
        half = x / 2.0
        return math.sqrt(half)

    def push(self, item):
        self.items.append(item)
        return self.items.pop() is item

    def split(self, pair):
        a, b = pair
        return b


def work(bag, rounds):
    done = 0
    for i in range(rounds):
        done += bag.is_done(i % 3)
        done += bag.has(i) + bag.has(2 ** 70) + bag.was_seen(2 ** 70) + bag.was_seen(i)
        bag.mix(i * (2 ** 62 + 1))
        done += bag.push(i * 1.5) + bag.push(i + 10 ** 6)
        if bag.root(i) > 40:
            done += 1
        done += bag.split((1, i)) - bag.split([1, i])
    return done


class Key(object):
    def __hash__(self):
        return hash(1)

    def __eq__(self, other):
        raise KeyError('asked')


bag = Bag()
print(work(bag, ROUNDS), bag.hash, len(bag.items), bag.swap(0, 'x'))
for key in (Key(), [], 'a'):
    for ask in (bag.has, bag.was_seen):
        try:
            print(ask(key))
        except (KeyError, TypeError) as error:
            print(type(error).__name__, error)
for wrong in (lambda: bag.split((1, 2, 3)), lambda: bag.split(5), lambda: bag.root(-1), lambda: bag.mix('x'),
              lambda: bag.is_done(7)):
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error)


class Last(object):
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Last.log.append(self.name)


class Holder(object):
    def __init__(self):
        self.kept = None

    def put(self, value):
        former = self.kept
        self.kept = value
        former = None
        return value


def put_many(holder, rounds):
    for i in range(rounds):
        holder.put(Last(i))
        Last.log.append('after')
    return Last.log[-6:]


print(put_many(Holder(), ROUNDS), len(Last.log))
