# __getitem__ and __setitem__ of Python classes in hot code: who defines them, classes that change, exceptions, recursion, lifetimes.
from __future__ import print_function
import sys
import weakref


class Grid(object):
    def __init__(self, n):
        self.data = [list(range(n)) for _ in range(n)]

    def __getitem__(self, at):
        x, y = at
        return self.data[y][x]

    def __setitem__(self, at, value):
        x, y = at
        self.data[y][x] = value


class Wider(Grid):
    pass


class Other(Grid):
    def __getitem__(self, at):
        return ('other', at)


class Words(dict):
    def __getitem__(self, key):
        return 'word ' + dict.__getitem__(self, key)

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value + '!')


def smooth(grid, n):
    for y in range(1, n - 1):
        for x in range(1, n - 1):
            grid[x, y] = grid[x - 1, y] + grid[x + 1, y] - grid[x, y - 1]
    return grid[n - 2, n - 2]


def read(thing, key):
    return thing[key]


def write(thing, key, value):
    thing[key] = value
    return thing[key]


for grid in (Grid(12), Wider(12)):
    for _ in range(60):
        last = smooth(grid, 12)
    print(last % 1000007, sum(map(sum, grid.data)) % 1000007)
words = Words(a='one')
for _ in range(3000):
    last = write(words, 'b', 'two'), read(words, 'a')
print(last)
for thing, key in ((Grid(3), (1, 2)), (Other(3), (1, 2)), (words, 'a'), ([4, 5], 1), ({1: 2}, 1), ('text', 2),
                   (Wider(4), (3, 3))):
    for _ in range(800):
        last = read(thing, key)
    print(type(thing).__name__, last)


# In the instance, as a static method, a class method, something in C, absent.
class Box(object):
    def __getitem__(self, key):
        return ('class', key)


box = Box()
box.__getitem__ = lambda key: ('instance', key)
print([read(box, n) for n in range(2000)][-1])


class Static(object):
    @staticmethod
    def __getitem__(key):
        return ('static', key)


class Klass(object):
    @classmethod
    def __getitem__(cls, key):
        return (cls.__name__, key)


class InC(object):
    __getitem__ = dict(a=1).__getitem__


class Callable(object):
    class Get(object):
        def __call__(self, *args):
            return ('callable', args)
    __getitem__ = Get()


for thing, key in ((Static(), 1), (Klass(), 2), (InC(), 'a'), (Callable(), 3)):
    for _ in range(1500):
        last = read(thing, key)
    print(last)


def error_of(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


class Nothing(object):
    pass


print(error_of(read, Nothing(), 1), error_of(write, Nothing(), 1, 2))


# Classes that change while code is hot.
def changing(steps):
    class Changing(object):
        def __getitem__(self, key):
            return ('first', key)
    thing = Changing()
    out = []
    for n in range(steps):
        if n == 1000:
            Changing.__getitem__ = lambda self, key: ('second', key)
        elif n == 2000:
            class Base(object):
                def __getitem__(self, key):
                    return ('base', key)
            del Changing.__getitem__
            out.append(error_of(read, thing, n))
            Changing.__getitem__ = Base.__dict__['__getitem__']
        elif n == 3000:
            thing.__class__ = type('Elsewhere', (object,), {'__getitem__': lambda self, key: ('elsewhere', key)})
        result = read(thing, n)
        if n % 500 == 1:
            out.append(result)
    return out


for _ in range(2):
    print(changing(4000))


# Exceptions, and what is caught of them.
class Raises(object):
    def __getitem__(self, key):
        if key % 10 == 9:
            raise KeyError(key)
        return key

    def __setitem__(self, key, value):
        if key % 10 == 9:
            raise ValueError(key, value)


def catches(thing, key):
    try:
        thing[key] = key
        return thing[key]
    except (KeyError, ValueError) as error:
        names = []
        tb = sys.exc_info()[2]
        while tb:
            names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
            tb = tb.tb_next
        return type(error).__name__, error.args, names


for n in range(3000):
    last = catches(Raises(), n)
print(last)


# As deep as recursion goes.
class Deep(object):
    def __init__(self):
        self.reached = 0

    def __getitem__(self, key):
        self.reached = key
        return self[key + 1]


def depth():
    deep = Deep()
    try:
        deep[0]
    except RuntimeError as error:
        return deep.reached, str(error)


seen = set(depth() for _ in range(30))
print(sorted(seen))


# Operands and results live as long as they do.
class Named(object):
    def __init__(self, name, log):
        self.name, self.log = name, log

    def __getitem__(self, key):
        return Named('item of ' + self.name, self.log)

    def __setitem__(self, key, value):
        return Named('returned', self.log)

    def __del__(self):
        self.log.append(self.name)


def lives(log):
    Named('container', log)[Named('key', log)]
    log.append('between')
    Named('container', log)[Named('key', log)] = Named('value', log)
    log.append('end')


for _ in range(1500):
    log = []
    lives(log)
print(log)


class Looks(object):
    def __getitem__(self, key):
        frame = sys._getframe()
        return frame.f_code.co_name, frame.f_back.f_code.co_name, sorted(frame.f_locals)[:2], sys.getrefcount(self) > 1


for _ in range(1500):
    last = read(Looks(), 'x')
print(last)
ref = []


class Weak(object):
    def __getitem__(self, key):
        ref.append(weakref.ref(self))
        return ref.pop()() is self


for _ in range(1500):
    last = Weak()[0]
print(last)
