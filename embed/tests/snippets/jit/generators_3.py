# versions: 3.4, 3.5
# yield from, generator return values, nonlocal and exception chaining in hot loops.
import traceback


def inner(n):
    total = 0
    for i in range(n):
        got = yield i
        if got:
            total += got
    return total


def outer(n):
    while True:
        result = yield from inner(n)
        yield ('result', result)


g = outer(3000)
next(g)
results = []
for k in range(10000):
    r = g.send(k % 3)
    if isinstance(r, tuple):
        results.append((k, r))
print(results)
try:
    g.throw(ValueError('inside'))
except ValueError as e:
    print(repr(e), [f.name for f in []] or len(traceback.extract_tb(e.__traceback__)))


def counters():
    count = 0
    ratio = 0.5
    name = 'a'

    def up(n):
        nonlocal count, ratio, name
        for i in range(n):
            count += 1
            ratio = ratio * 0.5 + i
            if i % 1000 == 999:
                name = name + 'b'
                bump()
        return count

    def bump():
        nonlocal count
        count += 0.25 if count > 4000 else 1000

    def show():
        return count, ratio, name
    return up, show


up, show = counters()
print(up(5000), show(), up(5), show())


def chained(n):
    for i in range(n):
        try:
            try:
                {}[i]
            except KeyError as e:
                raise ValueError(i) from (e if i % 2 else None)
        except ValueError as e:
            last = e
    return last


e = chained(5000)
print(repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__)


def context(n):
    for i in range(n):
        try:
            1 // (n - 1 - i)
        except ZeroDivisionError:
            [][i]


try:
    context(5000)
except IndexError as e:
    print(repr(e), repr(e.__context__))
    print(traceback.format_exc().replace(__file__, 'FILE'))


def name_deleted(n):
    for i in range(n):
        try:
            raise KeyError(i)
        except KeyError as e:
            k = e.args[0]
    try:
        return e
    except UnboundLocalError as u:
        return k, str(u)


print(name_deleted(5000))


def starred(n):
    total = 0
    for i in range(n):
        a, *b, c = range(i % 5 + 2)
        total += a + len(b) * 10 + c
        first, *rest = [i, 2]
        total += rest[0]
    return total


print(starred(5000))


def keyword_only(*, a, b=2):
    return a * b


print(sum(keyword_only(a=i) + keyword_only(b=i, a=3) for i in range(5000)))


class Meta(type):
    def __prepare__(name, bases):
        class D(dict):
            def __setitem__(self, k, v):
                if k == 'i' and v % 1000 == 0:
                    print('set', k, v)
                dict.__setitem__(self, k, v)
        return D()
    def __new__(cls, name, bases, ns):
        return type.__new__(cls, name, bases, dict(ns))


class Body(metaclass=Meta):
    total = 0
    for i in range(5000):
        total += i
    print(total)


print(Body.total, Body.i)


def memory(n):
    data = bytearray(100)
    view = memoryview(data)
    for i in range(n):
        view[i % 100] = i & 255
    return sum(b for b in bytes(data))


print(memory(5000))


def exceptions_in_generator():
    try:
        yield 1
    except ValueError:
        for i in range(5000):
            if i == 4999:
                raise


g = exceptions_in_generator()
next(g)
try:
    g.throw(ValueError('thrown in'))
except ValueError as e:
    print(repr(e), repr(e.__context__))
