# What the types of lists, tuples, dicts and sets make is known to be of the type, until something else is called there.
from __future__ import print_function


class Own(list):
    def __getitem__(self, index):
        return ('own', index)


class Noisy(object):
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return iter(range(self.n))
    def __del__(self):
        deaths.append(self.n)


deaths = []


def first(make, items):
    made = make(items)
    return made[0], len(made), type(made) is list, type(made) is make


def build(make, items):
    made = make(items)
    if made:
        return sorted(made), type(made).__name__, made == make(items)
    return made


def empty(make):
    made = make()
    return len(made), bool(made), type(made) is make


def failing(make, items):
    try:
        return make(items)[0]
    except (TypeError, ValueError) as error:
        return type(error).__name__


def same(items):
    return tuple(items) is items


def shadowed(items):
    made = list(items)
    return made[0]


def bad():
    yield 1
    raise ValueError('in the middle')


for i in range(120):
    assert first(list, (i, 2)) == (i, 2, True, True)
    assert first(tuple, [i, 2]) == (i, 2, False, True)
    assert build(set, (i, i))[0] == [i]
    assert build(dict, [(i, 1)]) == ([i], 'dict', True)
    assert [empty(make) for make in (list, tuple, dict, set)] == [(0, False, True)] * 4
    assert failing(list, [i]) == i
    assert same((1, i)) and not same([1, i])
    assert shadowed([i]) == i
    first(list, Noisy(3))
print(deaths == [3] * 120)
for i in range(120):
    assert first(Own, [1, 2]) == (('own', 0), 2, False, True)
    assert first(list, [i, 2]) == (i, 2, True, True)
    failing(list, 3), failing(list, bad())
print(first(Own, [1, 2]), first(list, [3]), first(str, 'ab'))
print(failing(list, 3), failing(list, bad()), failing(dict, [1]))


def list(items):
    return {0: 'shadow'}


print([shadowed([i]) for i in range(60)] == ['shadow'] * 60)
