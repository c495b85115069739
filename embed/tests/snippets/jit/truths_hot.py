# The truth of objects of every kind in hot loops, and of others that come when the loop is hot.
from __future__ import print_function


class Sized(object):
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Dict(dict):
    def __len__(self):
        return 5


class Str(str):
    def __bool__(self):
        raise ValueError('no truth')

    __nonzero__ = __bool__


class Raises(object):
    def __bool__(self):
        raise KeyError(7)

    __nonzero__ = __bool__


class Old:
    def __len__(self):
        return 0


def generator():
    yield 1


# Code of its own for each kind.
CODE = '''
def count(x, y, n):
    true = false = 0
    for i in range(n):
        if i == n - 7:
            x = y
        if x:
            true += 1
        else:
            false += 1
        if not x:
            false += 10
    return true, false


def kept(x, y, n):
    last = None
    for i in range(n):
        if i == n - 7:
            x = y
        last = (x or i, x and 'and', i and x)
    return last
'''


def emptied(container, take, n):
    seen = []
    for i in range(n):
        if container:
            take(container)
        else:
            seen.append(i)
            if len(seen) == 3:
                break
    return seen, len(container)


objects = [None, True, False, 0, 5, 0.0, 2.5, '', 'text', u'', u'text', b'', b'bytes', (), (1,), [], [1], {}, {1: 2},
           set(), set([1]), frozenset(), generator, len, [].append, Sized.__init__, Sized(1).__len__, generator(), int,
           Sized, Sized(0), Sized(3), Dict(), Str(''), Str('a'), Raises(), Old, Old(), iter([]), iter(()), 1j, 0j,
           10 ** 30, bytearray(), bytearray(b'a')]


def shown(x):
    return x if isinstance(x, (int, str)) else type(x).__name__


def outcome(f, *arguments):
    try:
        return [shown(x) for x in f(*arguments)]
    except Exception as error:
        return type(error).__name__, error.args


for i, x in enumerate(objects):
    namespace = {}
    exec(CODE, namespace)
    for y in (x, objects[(i * 7 + 3) % len(objects)], None, Raises()):
        for f in (namespace['count'], namespace['kept']):
            print(i, outcome(f, x, y, 1200))

print(emptied(dict((i, i) for i in range(3000)), dict.popitem, 4000))
print(emptied(set(range(3000)), set.pop, 4000))
print(emptied(list(range(3000)), list.pop, 4000))


# Of what is looked at for its truth alone, and was always None, or a function, so far.
def picks(pair):
    if pair[0]:
        return 'some'
    return 'none'


def lacks(pair):
    out = []
    if not pair[1]:
        out.append('lacks')
    return pair[1] and out


for n in range(8000):
    last = picks((None, n)), lacks((n, picks))
print(last)
for value in (None, 0, 5, '', 'text', [], [1], 2.5, 0.0, picks, Exception):
    print(picks((value, 1)), lacks((1, value)) == value, bool(lacks((1, value))))
