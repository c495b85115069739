# The truth of an object in a function that is built in the place of its call: what has one of its own is asked.
from __future__ import print_function

ROUNDS = 3000


class Plain(object):
    pass


class Counted(object):
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


class Minded(object):
    def __init__(self, mind):
        self.mind = mind

    def __bool__(self):
        if self.mind is None:
            raise ValueError('no mind')
        return self.mind

    __nonzero__ = __bool__


class Derived(dict):
    pass


class Old:
    pass


class OldCounted:
    def __len__(self):
        return 0


class Holder(object):
    def __init__(self, kept):
        self.kept = kept

    def is_there(self):
        if self.kept:
            return 'there'
        return 'not there'

    def either(self):
        return self.kept or 'nothing'

    def neither(self):
        return not self.kept


def ask(holder):
    return holder.is_there(), holder.either() is holder.kept, holder.neither()


things = [None, Plain(), True, False, 0, 7, 2 ** 70, 0.0, 1.5, '', 'a', u'', b'b', [], [0], (), (0,), {}, {1: 2},
          set(), frozenset([1]), Plain, len, Old(), Derived(), Derived(a=1), Counted(0), Counted(2), Minded(False),
          Minded(True), OldCounted(), iter([]), object()]
holders = [Holder(thing) for thing in things]
for i in range(ROUNDS):
    ask(holders[i % 2])
print([ask(holder) for holder in holders])
for i in range(ROUNDS):
    ask(holders[i % len(holders)])
print([ask(holder) for holder in holders])
try:
    ask(Holder(Minded(None)))
except ValueError as error:
    print(error)
