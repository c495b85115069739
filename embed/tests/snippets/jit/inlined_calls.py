# Small functions and methods, called in hot loops: what they return, raise, store, release, and who sees them do it.
from __future__ import print_function
import sys


class Point(object):
    def __init__(self, x):
        self.x = x
        self.log = None

    def get(self):
        return self.x

    def set(self, x):
        self.x = x

    def put(self, x):
        self.x = x
        return self

    def keep(self, x):
        self.x = x
        return x

    def keep_local(self, a):
        b = a + a
        self.x = b
        return b

    def add(self, n):
        self.x = self.x + n

    def larger(self, other):
        if self.x > other:
            return self.x
        return other

    def choose(self, a, b):
        return a if self.x is None else b

    def logged(self):
        return self.log is None or self.x

    def nested(self):
        return self.get() + self.get()

    def same(self, a, b):
        return a is b


class Old:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x


def add(a, b):
    return a + b


def constant():
    return 1000


def first(a, b):
    return a


def swap(a, b):
    a, b = b, a
    return a


def at(items, i):
    return items[i]


def put(items, i, x):
    items[i] = x


def ignore(x):
    return None


def negative(x):
    if not x:
        return True
    return -x


N = 6000


def hot(function):
    for _ in range(3):
        result = function(N)
    return result


def getters(n):
    p = Point(3)
    old = Old(4)
    total = 0
    for i in range(n):
        total += p.get() + old.get()
        p.set(i & 7)
        p.add(2)
        total += p.larger(5)
    return total, p.x


def functions(n):
    total = 0
    items = [1, 2, 3]
    for i in range(n):
        total = add(total, constant()) + first(i, total) - swap(i, 7)
        total += at(items, 1) + negative(i)
        put(items, i % 3, i)
    return total, items


print(hot(getters), hot(functions))


# Identity: what is stored is what is returned.
def identity(n):
    p = Point(0)
    wrong = 0
    for i in range(n):
        if p.keep(i * 1000 + 7) is not p.x:
            wrong += 1
        if p.keep_local(i * 1000.5) is not p.x:
            wrong += 1
        j = i * 5000
        if p.keep(j) is not j or p.x is not j:
            wrong += 1
        if not p.same(j, j) or p.same(j, j + 1):
            wrong += 1
        k = i * 3000
        if first(k, 0) is not k:
            wrong += 1
    return wrong


print('identity', hot(identity))


# Kinds change.
def kinds(n):
    out = []
    p = Point(1)
    for i in range(n):
        if i == n - 50:
            p.set(2.5)
        elif i == n - 40:
            p.set(sys.maxsize)
        elif i == n - 30:
            p.set('text')
        r = p.get()
        s = add(r, r)
        if i >= n - 51 and i % 5 == 0:
            out.append(s)
    return out


print(hot(kinds))


def overflows(n):
    total = sys.maxsize - n // 2
    for i in range(n):
        total = add(total, 1)
    return total - sys.maxsize


print(hot(overflows))


# Exceptions, and their tracebacks.
def raises(n):
    seen = []
    p = Point(0)
    for i in range(n):
        try:
            if i % 100 == 99:
                p.get.__self__.__dict__.pop('x')
            p.get()
        except AttributeError as error:
            entry = sys.exc_info()[2]
            lines = []
            while entry is not None:
                lines.append((entry.tb_frame.f_code.co_name, entry.tb_lineno, sorted(entry.tb_frame.f_locals)))
                entry = entry.tb_next
            seen.append((i, str(error), lines[-1], len(lines)))
            p.set(i)
        try:
            add(i, 'x' if i == n - 1 else 1)
        except TypeError as error:
            entry = sys.exc_info()[2].tb_next
            seen.append((entry.tb_frame.f_code.co_name, entry.tb_frame.f_locals['a'], entry.tb_lineno))
    return seen[:2], seen[-2:], len(seen)


print(hot(raises))


# Whoever dies sees who let go of him.
class Noisy(object):
    seen = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        chain = []
        while frame is not None and frame.f_code.co_name != '<module>' and len(chain) < 3:
            chain.append((frame.f_code.co_name, frame.f_lineno))
            frame = frame.f_back
        Noisy.seen.append((self.name, chain))


def noisy(name, i, n):
    return Noisy(name) if i % 200 == 7 or i >= n - 3 else None


class Holder(object):
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x

    def set(self, x):
        self.x = x

    def put(self, x):
        self.x = x
        return self


def dies(n):
    p = Holder(None)
    for i in range(n):
        x = noisy('a', i, n)
        p.set(x)
        x = None
        p.set(None)
        ignore(noisy('c', i, n))
        first(None, noisy('d', i, n))
        swap(noisy('e', i, n), noisy('f', i, n))
        swap(noisy('g', i, n), p).get()
        Holder(noisy('h', i, n)).get()
        Holder(noisy('i', i, n)).put(None)
        if i % 200 == 7:
            Noisy.seen.append('')


hot(dies)
print(''.join(who[0] if who else ' ' for who in Noisy.seen))
for who in sorted(set(map(str, Noisy.seen))):
    print(who, list(map(str, Noisy.seen)).count(who))


# The callee becomes another.
def changes(n):
    out = []
    total = 0
    p = Point(2)
    original = Point.get
    for i in range(n):
        total += p.get() + constant()
        if i == 2500:
            Point.get = lambda self: self.x * 10
        elif i == 2900:
            Point.get = original.__func__ if hasattr(original, '__func__') else original
        elif i == 3300:
            constant.__code__ = (lambda: 7).__code__
        elif i == 3700:
            p.get = lambda: 5
        elif i == 4100:
            del p.get
        elif i == 4500:
            p.x = 1.5
        elif i == 4900:
            p.__class__ = type('Sub', (Point,), {'get': lambda self: -1})
        if i % 200 == 0:
            out.append(total)
    return out


print(changes(N))


# Code that is gone: another function in its place.
def made(i):
    namespace = {}
    exec('def f(a):\n    return a + %d' % i, namespace)
    return namespace['f']


def replaced(n):
    total = 0
    f = made(1)
    for i in range(n):
        total += f(i)
        if i % 700 == 699:
            f = None
            f = made(i)
    return total


print(hot(replaced))


# Tracing begins and ends.
events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in ('get', 'set', 'add', 'traced'):
        events.append((frame.f_code.co_name, event, frame.f_lineno))
    return tracer


def traced(n):
    p = Point(1)
    total = 0
    for i in range(n):
        total += p.get()
        p.set(i & 3)
        if i == n - 3:
            sys.settrace(tracer)
        if i == n - 2:
            sys.settrace(None)
    return total


print(traced(N), traced(N), traced(N), events)

calls = []


def profiler(frame, event, argument):
    if frame.f_code.co_name in ('get', 'set'):
        calls.append((frame.f_code.co_name, event))


def profiled(n):
    p = Point(1)
    total = 0
    for i in range(n):
        if i == n - 3:
            sys.setprofile(profiler)
        total += p.get()
        if i == n - 2:
            sys.setprofile(None)
    return total


print(profiled(N), profiled(N), profiled(N), calls)


# Recursion ends where it ends.
def depth(p, n):
    p.set(n)
    if p.get() == 0:
        return 0
    return depth(p, n - 1) + 1


def deepest(p):
    p.log = p.x
    p.add(1)
    return deepest(p)


def recursion():
    p = Point(0)
    for _ in range(300):
        depth(p, 20)
    p.set(0)
    try:
        deepest(p)
    except RuntimeError as error:
        where = sys.exc_info()[2]
        while where.tb_next is not None:
            where = where.tb_next
        return p.x, p.log, where.tb_frame.f_code.co_name, str(error)[:40]


sys.setrecursionlimit(400)
results = set(recursion() for _ in range(5))
print(results)
sys.setrecursionlimit(1000)


# Nested calls, branches, results of several kinds.
def branches(n):
    p = Point(1)
    out = {}
    for i in range(n):
        if i == n // 2:
            p.set(None)
        r = p.choose(1, 2.5) if p.x is None else p.nested()
        out[r] = out.get(r, 0) + 1
        p.log = None if i % 3 else i
        r = str(p.logged())
        out[r] = out.get(r, 0) + 1
    return sorted(out.items(), key=str)


print(hot(branches))


# Frames that are kept while calls are inlined.
def keeps(n):
    p = Point(1)
    frames = []
    total = 0.0
    for i in range(n):
        total += p.get()
        if i % 1000 == 0:
            frames.append(sys._getframe())
        p.set(i * 0.5)
    return total, [frame.f_locals['i'] for frame in frames], frames[0].f_locals['total'] == total


print(hot(keeps))


def generated(n):
    p = Point(1)
    for i in range(n):
        p.add(1)
        yield p.get()


print(sum(generated(N)), sum(generated(N)), sum(generated(N)))


# In the frame of a module, whose names are those of its globals.
top = Point(1)
count = 0
average = 0.0
for turn in range(N):
    count = count + top.get()
    average = add(average, 0.5)
    top.set(turn if top.larger(3) > 5 else turn % 7)
    if turn == N - 5:
        count = count + 0.5
    elif turn == N - 3:
        del average
        average = 1
print(count, average, top.x)


# Globals: those of the function, be they the caller's or others.
FACTOR = 3
FLAG = False


def scaled(x):
    return x * FACTOR


def flagged(p):
    p.log = True
    return FLAG


def globals_change(n):
    global FACTOR, FLAG
    total = 0
    p = Point(0)
    elsewhere = type(scaled)(scaled.__code__, {'FACTOR': 5})
    for i in range(n):
        total += scaled(i)
        f = elsewhere if i > n - 20 else scaled
        total += f(1)
        if flagged(p):
            total += 1
        if i == n // 2:
            FACTOR = 2.5
            FLAG = p.log
        elif i == n // 2 + 100:
            FACTOR = 3
    try:
        del FACTOR
        scaled(1)
    except NameError as error:
        entry = sys.exc_info()[2].tb_next
        return total, str(error), entry.tb_frame.f_code.co_name, entry.tb_lineno


print(globals_change(N))


# Classes of many shapes, one after the other.
def shapes(n):
    kinds = [type('Shape%d' % k, (Point,), {}) for k in range(6)]
    total = 0
    for turn, kind in enumerate(kinds):
        objects = [kind(i) for i in range(3)]
        if turn % 2:
            for o in objects:
                o.extra = 1
        for i in range(n // 6):
            o = objects[i % 3]
            o.set(i)
            total += o.get() + (o.put(2).get() if i & 1 else 0)
    return total


print(hot(shapes))
