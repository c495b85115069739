# Containers of several kinds at one place: what is there more often has a way of its own, the others do what they do.
from __future__ import print_function


class Own(list):
    def __getitem__(self, index):
        return ('own', index)
    def __len__(self):
        return 77


class Keyed(dict):
    def __missing__(self, key):
        return ('missing', key)


class Odd(object):
    def __getitem__(self, index):
        raise LookupError(index)
    def __len__(self):
        raise ValueError('no length')


class Dying(object):
    def __init__(self, log):
        self.log = log
    def __getitem__(self, index):
        return index
    def __len__(self):
        return 3
    def __del__(self):
        self.log.append('died')


def item(container, index):
    return container[index]


def length(container):
    return len(container)


def both(container, index):
    size = len(container)
    got = container[index]
    return size, got, container[index - size]


def of_fresh(make, index):
    return make()[index], len(make())


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


mixes = [
    ([1, 2, 3], 1), ([4, 5], 0), ((6, 7), 1), ([8], 0), ([9, 10], -1), ('ab', 1), ([11, 12, 13], 2), ({0: 'zero'}, 0),
]
log = []
for i in range(40):
    seen = []
    for container, index in mixes:
        seen.append((item(container, index), length(container)))
        if not isinstance(container, dict):
            seen.append(attempt(both, container, index))
    seen.append(of_fresh(lambda: [i, i + 1], 1))
    seen.append(of_fresh(lambda: (i, i + 2), 1))
    seen.append(of_fresh(lambda: [i, i + 3], 1))
    seen.append(of_fresh(lambda: Dying(log), 1))
print(seen, len(log))
for i in range(60):
    rest = [
        attempt(item, [1], 5), attempt(item, (), 0), attempt(item, Own([1]), 0), attempt(item, Odd(), 3),
        attempt(item, {}, 1), attempt(item, Keyed(), 1), attempt(item, [1, 2], slice(0, 1)), attempt(item, 5, 0),
        attempt(item, [1], 'a'), attempt(length, Own()), attempt(length, Odd()), attempt(length, 5),
        attempt(length, u'abc'), attempt(length, {1: 2}), attempt(both, Own([1]), 2), attempt(item, [1], True),
    ]
print(rest)


def keys(table, key):
    return table[key]


tables = [({'a': 1}, 'a'), ({'b': 2}, 'b'), ([3], 0), (Keyed(), 'c'), ({'d': 4}, 'd')]
for i in range(60):
    found = [keys(table, key) for table, key in tables]
    failed = [attempt(keys, {}, 'x'), attempt(keys, [], 0), attempt(keys, {}, [])]
print(found, failed)


def in_loop(containers):
    total = 0
    for container in containers:
        total += container[0] + len(container)
    return total


print([in_loop([[1, 2], (3,), [4], [5, 6, 7]] * n) for n in (1, 30, 300)])
print(attempt(in_loop, [[1, 2], (3,), [4], {}] * 30))
