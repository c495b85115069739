# Python functions, methods, properties and special methods that C calls: what they get, raise, keep and let go of.
from __future__ import print_function
import functools
import gc
import operator
import sys
import weakref

HOT = 300
PY3 = sys.version_info[0] == 3


def key(x):
    return -x


def pair(a, b=7):
    return a, b


def spread(*args, **kw):
    return args, sorted(kw.items())


def rebinds(a):
    a = [a]
    return a


def fails(x):
    if x == 3:
        raise ValueError('three %s' % x)
    return x


class Number(object):
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        if isinstance(other, Number):
            return Number(self.n + other.n)
        if isinstance(other, int):
            return Number(self.n + other)
        return NotImplemented

    def __radd__(self, other):
        return Number(other * 100 + self.n)

    def __iadd__(self, other):
        self.n += other
        return self

    def __neg__(self):
        return Number(-self.n)

    def __getitem__(self, at):
        if at == 99:
            raise IndexError(at)
        return self.n, at

    def __setitem__(self, at, value):
        self.n = at, value

    def __delitem__(self, at):
        self.n = 'deleted', at

    def __len__(self):
        return 3 if isinstance(self.n, tuple) else self.n

    def __contains__(self, x):
        return x == self.n

    def __call__(self, *args):
        return self.n, args

    def __eq__(self, other):
        return isinstance(other, Number) and self.n == other.n or NotImplemented

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return self.n < other.n

    def __hash__(self):
        return hash(self.n)

    def __repr__(self):
        return 'N(%r)' % (self.n,)

    def method(self, x, y=1):
        return self.n, x, y

    @property
    def double(self):
        return self.n * 2

    @property
    def broken(self):
        raise AttributeError('broken %r' % self.n)

    @property
    def odd(self, other):
        return other

    @double.setter
    def double(self, value):
        self.n = value // 2


class Derived(Number):
    def __radd__(self, other):
        return 'derived', other.n if isinstance(other, Number) else other, self.n


class Counter(object):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def next(self):
        if not self.n:
            raise StopIteration
        self.n -= 1
        return self.n

    __next__ = next


def forms(i):
    one, two = Number(i), Number(2)
    out = [sorted([3, 1, 2], key=key), list(map(pair, [i, 2])), list(map(pair, [i], [2])), list(map(rebinds, [i]))]
    out.append([functools.partial(pair, i)(), functools.partial(pair, b=i)(1), functools.reduce(pair, [1, 2, i])])
    out.append([pair(*(i,)), pair(*[i, 2]), pair(i, **{'b': 3}), spread(*[1, i], **{'k': 2})])
    out.append([one + two, one + i, i + one, -one, one[i % 50], len(two), i in one, one(i, 2), one()])
    out.append([one == two, one != two, one < two, one == Number(i), hash(one) == hash(i), sorted([two, one])])
    out.append([Derived(i) + two, two + Derived(i), i + Derived(1), list(map(one.method, [1, 2]))])
    out.append([one.double, list(Counter(3)), operator.add(one, two), operator.methodcaller('method', 4)(one)])
    out.append([operator.attrgetter('double')(one), {one: 1}[Number(i)], list(filter(one.__eq__, [two, one]))])
    one[1] = 2
    out.append(repr(one))
    del one[3]
    two += 5
    two.double = 60
    out.append(repr((one, two)))
    return repr(out)


def errors(i):
    said = []
    for call in (lambda: list(map(fails, [1, 2, 3])), lambda: Number(1) + 'x', lambda: Number(1)[99],
                 lambda: Number(1).broken, lambda: Number(1).odd, lambda: list(map(key, [1], [2])),
                 lambda: sorted([1, 2], key=fails.__get__(3)), lambda: Number(1).method(1, 2, 3),
                 lambda: getattr(Number(i), 'broken', 'default'), lambda: hasattr(Number(i), 'broken'),
                 lambda: len(Number(-1)), lambda: list(map(pair, [1], x=2))):
        try:
            said.append(call())
        except Exception as e:
            frames, trace = [], sys.exc_info()[2]
            while trace is not None:
                code = trace.tb_frame.f_code
                frames.append((code.co_name, trace.tb_lineno - code.co_firstlineno, sorted(trace.tb_frame.f_locals)))
                trace = trace.tb_next
            said.append((type(e).__name__, frames[1:]))
            del trace
    return repr(said)


def settle(function):
    last = None
    for i in range(HOT):
        last = function(i)
    print(last)


settle(forms)
settle(errors)


# Who calls keeps nothing: the function goes while it runs, and so do its arguments' other references.
class Log(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        events.append(self.name)


events = []
holder = {}


def make():
    def alone(x, mark=Log('default')):
        holder.clear()
        events.append('cleared')
        return x.name, captured.name

    captured = Log('captured')
    return alone


def run_alone(which):
    holder['f'] = make()
    ref = weakref.ref(holder['f'], lambda _: events.append('function'))
    if which == 'map':
        result = list(map(holder.pop('f'), [Log('argument')]))
    elif which == 'sort':
        result = sorted([Log('a')], key=holder.pop('f'))[0].name
    else:
        result = functools.partial(holder.pop('f'), Log('argument'))()
    events.append(('done', result, ref() is None))
    del result


for which in ('map', 'sort', 'partial') * 20:
    del events[:]
    run_alone(which)
    gc.collect()
    if which == 'map':
        last_map = list(events)
print(last_map)
print(events)


class Vanishes(object):
    def __init__(self):
        self.log = Log('self')


def add(self, other):
    del Vanishes.__add__
    gc.collect()
    return self.log.name, other.log.name, sys._getframe().f_code.co_name


for i in range(60):
    del events[:]
    Vanishes.__add__ = add
    print(Vanishes() + Vanishes(), events) if i == 59 else Vanishes() + Vanishes()
try:
    Vanishes() + Vanishes()
except TypeError as e:
    print(e)


# Kept frames are complete, and look like others.
kept = []


class Keeps(object):
    def __getitem__(self, x):
        kept.append(sys._getframe())
        return x

    @property
    def name(self):
        kept.append(sys._getframe())
        return 'name'


def keeper(x):
    kept.append(sys._getframe())
    return x


def keep_all(i):
    thing = Keeps()
    thing[i], thing.name, sorted([i], key=keeper), list(map(keeper, [i]))
    return None


for i in range(HOT):
    del kept[:]
    keep_all(i)
print([(f.f_code.co_name, f.f_back.f_code.co_name, sorted(f.f_locals), gc.is_tracked(f)) for f in kept])
del kept[:]


# Depth counts as without us.
class Deep(object):
    def __getitem__(self, n):
        return n and self[n - 1]

    def __add__(self, n):
        return n and self + (n - 1)

    @property
    def value(self):
        return self.other.value if self.other is not None else 0

    other = None

    def __call__(self, n):
        return n and self(n - 1)

    def method(self, n):
        return n and list(map(self.method, [n - 1]))[0]


def by_key(n):
    return n and sorted([n - 1], key=by_key)[0]


def depth(call):
    low, high = 0, 1000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            call(middle)
            low = middle
        except RuntimeError:
            high = middle
    return low


def chain(n):
    first = Deep()
    for _ in range(n):
        one = Deep()
        one.other, first = first, one
    return first.value


for _ in range(3):
    deep = Deep()
    found = [depth(call) for call in (deep.__getitem__, deep.__add__, deep, deep.method, by_key, chain)]
print(found)


# Tracing from within, and generators that C drives.
def traced(x):
    sys.settrace(lambda frame, event, arg: lines.append((frame.f_code.co_name, event)))
    try:
        return x
    finally:
        sys.settrace(None)


def items(n):
    for i in range(n):
        yield key(i)


lines = []
for i in range(HOT):
    del lines[:]
    result = sorted([2, 1], key=traced), sum(map(key, items(4))), max(items(3), key=key)
print(result, lines)
