# __init__ and methods of operators are built in the place of their calls: what they return, raise and decline, who
# holds the instance, how deep the recursion is, and what an exit in the middle of them leaves.
from __future__ import print_function
import gc
import sys
import weakref

ROUNDS = 3000


class Vector(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        scaled = self.x * k
        return Vector(scaled, self.y * k)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return NotImplemented

    def __getitem__(self, index):
        if index == 0:
            return self.x
        return self.y

    __hash__ = None


class Right(object):
    def __radd__(self, other):
        return 'radd'

    def __gt__(self, other):
        return 'gt'


def arithmetic(rounds, step):
    total = Vector(0, 0)
    for i in range(rounds):
        total = total + Vector(i, step) * 2
        if total == Vector(1, 1):
            print('equal')
    return total[0], total[1]


for step in (1, 1.5, 2 ** 70, 'a'):
    try:
        print(arithmetic(ROUNDS, step) if step != 'a' else arithmetic(3, step))
    except TypeError as error:
        print('TypeError', error)


def declined(a, b):
    return a + b, a < b


for i in range(ROUNDS):
    result = declined(Vector(1, 2), Vector(3, 4)) if i % 7 == 0 and sys.version_info[0] == 2 else None
    mixed = declined(Vector(1, 2), Right())
print(mixed)


# What initialises returns something, or raises, after a while.
class Fickle(object):
    def __init__(self, what):
        self.what = what
        if what == 'wrong':
            return self.answer()
        if what == 'raise':
            raise ValueError(what)

    def answer(self):
        return 42


def fickle(what):
    try:
        return Fickle(what).what
    except (TypeError, ValueError) as error:
        return type(error).__name__, str(error), sys.exc_info()[2].tb_next is not None


for i in range(ROUNDS):
    fickle('fine')
print(fickle('wrong'), fickle('raise'), fickle('fine'))


# Whose reference is the last: instances that are dropped at once, or while they are initialised.
class Counted(object):
    alive = 0

    def __init__(self, other):
        Counted.alive += 1
        self.other = other

    def __del__(self):
        Counted.alive -= 1


def drop():
    Counted(None)
    kept = Counted(Counted(None))
    return weakref.ref(kept), kept.other is not None


for i in range(ROUNDS):
    gone, _ = drop()
gc.collect()
print(Counted.alive, gone())


class Replaced(object):
    def __init__(self, value):
        self.value = value
        self = value


def replaced(value):
    return Replaced(value).value


print([replaced(i) for i in range(ROUNDS)][-1])


# The same object of a number in the attribute, the local and the argument.
class Same(object):
    def __init__(self, number):
        self.number = number
        self.other = number
        self.is_one = self.number is number and self.other is self.number


def same(i):
    it = Same(i * 1000003 + 0.5)
    that = Same(i * 1000003)
    return it.is_one and that.is_one and it.number is it.other and that.number is that.other


print(all([same(i) for i in range(ROUNDS)]))


# The class changes: its function, its base, its metaclass' mind.
class Base(object):
    def __init__(self, a):
        self.a = a


class Derived(Base):
    pass


def derived(a):
    return Derived(a).a


for i in range(ROUNDS):
    derived(i)


def other_init(self, a):
    self.a = a, 'other'


print(derived(1))
Base.__init__ = other_init
print(derived(1))
Derived.__init__ = lambda self, a: setattr(self, 'a', 'derived')
print(derived(1))
Derived.__new__ = staticmethod(lambda cls, a: object.__new__(Base))
print(Derived(3).__class__.__name__)


# As deep as without it.
class Deep(object):
    def __init__(self, n):
        self.n = n
        self.below = Deep(n - 1) if n else None

    def __add__(self, n):
        return n + 1 if n <= 0 else self + (n - 1)


def depth(make):
    low, high = 1, 2000
    while low < high:
        middle = (low + high + 1) // 2
        try:
            make(middle)
            low = middle
        except RuntimeError:
            high = middle - 1
    return low


sys.setrecursionlimit(400)
for i in range(ROUNDS // 10):
    Deep(3)
    Deep(0) + 3
print(depth(Deep), depth(lambda n: Deep(0) + n))


# Tracing sees every call.
def traced():
    seen = []

    def tracer(frame, event, argument):
        if event == 'call':
            seen.append(frame.f_code.co_name)
        return tracer

    sys.settrace(tracer)
    arithmetic(2, 1)
    sys.settrace(None)
    return seen


print(traced())
