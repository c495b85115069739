# Operators and comparisons that classes define, in hot loops: methods that decline, raise, change, and what is asked next.
from __future__ import print_function, division
import operator
import sys
import traceback

asked = []


class V(object):
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        if isinstance(other, V):
            return V(self.x + other.x)
        if isinstance(other, int):
            return V(self.x + other)
        asked.append('V.add')
        return NotImplemented

    def __radd__(self, other):
        asked.append('V.radd')
        return V(self.x * 100)

    def __sub__(self, other, more=5):
        return V(self.x - other.x - more)

    def __mul__(self, factor):
        return V(self.x * factor)

    def __truediv__(self, by):
        return V(self.x / by)

    def __floordiv__(self, by):
        return NotImplemented

    def __iadd__(self, other):
        self.x += other.x
        return self

    def __eq__(self, other):
        if isinstance(other, V):
            return self.x == other.x
        asked.append('V.eq')
        return NotImplemented

    def __lt__(self, other):
        return self.x < other.x if isinstance(other, V) else NotImplemented

    def __gt__(self, other):
        asked.append('V.gt')
        return ['gt']

    def __hash__(self):
        return 5


class W(V):
    def __radd__(self, other):
        asked.append('W.radd')
        return V(-1)

    def __gt__(self, other):
        asked.append('W.gt')
        return NotImplemented


class Other(object):
    def __radd__(self, other):
        return 'Other.radd'

    def __eq__(self, other):
        return 'Other.eq'

    __hash__ = None


def sums(n, right):
    v = V(0)
    for i in range(n):
        v = V(i) + right
    return v


def several(n):
    total = V(0)
    for i in range(n):
        a, b = V(i), V(2)
        total = a + b
        total = total - b
        total = total * 3
        total = total / 2
        total += a
        total = total * 1.5
    return total.x


def compared(n, right):
    counts = [0, 0, 0]
    for i in range(n):
        a = V(i % 5)
        if a == right:
            counts[0] += 1
        if a < V(3):
            counts[1] += 1
        if a > right:
            counts[2] += 1
    return counts


def floors(n):
    for i in range(n):
        V(i) // V(1)


def show(f, *args):
    del asked[:]
    try:
        result = f(*args)
        print(f.__name__, getattr(result, 'x', result), asked[-3:], len(asked))
    except Exception:
        print(traceback.format_exc().replace(__file__, 'FILE').replace('unsupported operand', 'unsupported'))


show(sums, 300, V(1))
show(sums, 300, 1)
show(sums, 300, 1.5)
show(sums, 300, 'x')
show(sums, 300, Other())
show(sums, 300, W(3))
show(sums, 300, None)
show(several, 300)
show(compared, 300, V(2))
show(compared, 300, W(2))
show(compared, 300, Other())
show(compared, 300, 3)
show(floors, 300)


# Kinds that come later than others, at one place.
def mixed(n, others):
    seen = []
    for i in range(n):
        try:
            made = V(i) + others[i * len(others) // n]
        except TypeError as e:
            made = str(e)
        if not seen or seen[-1] != getattr(made, 'x', made).__class__.__name__:
            seen.append(getattr(made, 'x', made).__class__.__name__)
    return seen


show(mixed, 400, [V(1), 2, Other(), W(1), 'x', V(2)])


# Declining does not last: the same object is asked again by the next operation.
class Once(object):
    calls = 0

    def __init__(self, declines):
        self.declines = declines

    def __add__(self, other):
        Once.calls += 1
        if self.declines:
            return NotImplemented
        return Once.calls

    def __eq__(self, other):
        Once.calls += 1
        return NotImplemented if self.declines else True

    __hash__ = None


class Late(object):
    """Asks the left operand again while it is being asked itself."""

    def __init__(self, left):
        self.left = left

    def __radd__(self, other):
        self.left.declines = False
        result = self.left + 1
        self.left.declines = True
        return result

    def __eq__(self, other):
        self.left.declines = False
        result = self.left == 1
        self.left.declines = True
        return result

    __hash__ = None


def once(n):
    left = Once(True)
    late = Late(left)
    results = []
    for i in range(n):
        results.append(left + late)
        results.append(left == late)
    return results[-2:], Once.calls


show(once, 300)


# A method that raises, one that is exchanged, one whose class loses it, deep recursion through an operator.
class Bad(object):
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        if self.n == 250:
            raise ValueError(self.n)
        return self.n


def bad(n):
    total = 0
    for i in range(n):
        total += Bad(i) + 1
    return total


def exchanged(n):
    total = 0
    for i in range(n):
        if i == 200:
            Bad.__add__ = lambda self, other: 1000
        if i == 280:
            del Bad.__add__
        total += Bad(i % 100) + 1
    return total


class Nest(object):
    def __init__(self, depth):
        self.depth = depth

    def __add__(self, other):
        if self.depth == 0:
            return sys._getframe().f_code.co_name
        return Nest(self.depth - 1) + other

    def __lt__(self, other):
        if self.depth == 0:
            return sys._getframe(1).f_lineno > 0
        return Nest(self.depth - 1) < other


def nested(n):
    for i in range(n):
        added, less = Nest(20) + 1, Nest(20) < 1
    return added, less


def endless(n):
    reached = []
    for operate in (lambda: Nest(10 ** 6) + 1, lambda: Nest(10 ** 6) < 1):
        try:
            operate()
        except RuntimeError as e:
            reached.append(type(e).__name__)
    return reached


show(bad, 300)
show(exchanged, 300)
show(nested, 60)
show(endless, 1)


# A method that declines and takes itself out of its class: whoever asks the same object next, C included, gets its answer.
fades = [False]


class Fading(object):
    def __add__(self, other):
        if fades[0]:
            del Fading.__add__
            return NotImplemented
        return 1

    def __eq__(self, other):
        return 'asked'

    def __mul__(self, other):
        return 'asked'

    __hash__ = None


def fading(n, right):
    left = Fading()
    for i in range(n):
        fades[0] = i == n - 1
        try:
            result = left + right
        except TypeError as e:
            result = type(e).__name__
    print(result, operator.eq(left, 3), operator.mul(left, 3))


fading(300, 2)
