# versions: 3.4, 3.5
# Delegation to generators, iterators and objects with methods of their own, in every phase.


def inner(n):
    total = 0
    for i in range(n):
        try:
            sent = yield i
        except ValueError as e:
            total += 1000
            sent = yield ('caught', str(e))
        total += sent or 1
    return total


def outer(n):
    first = yield from inner(n)
    second = yield from inner(first)
    return first, second


def drain(g, send=None):
    got = []
    try:
        got.append(next(g))
        while True:
            got.append(g.send(send) if send is not None else next(g))
    except StopIteration as stop:
        return got, stop.value


for k in range(40):
    result = drain(outer(5))
print(result)
for k in range(40):
    result = drain(outer(3), 2)
print(result)


def chain(*iterables):
    for it in iterables:
        yield from it


for k in range(40):
    result = list(chain('ab', [1, 2], range(3), (x * x for x in range(3)), {}, iter(())))
print(result)


class Sub(object):
    def __init__(self):
        self.log = []

    def __iter__(self):
        return self

    def __next__(self):
        self.log.append('next')
        return len(self.log)

    def send(self, value):
        self.log.append(('send', value))
        if value == 'stop':
            raise StopIteration('stopped')
        return value

    def throw(self, *args):
        self.log.append(('throw', args[0].__name__ if isinstance(args[0], type) else repr(args[0])))
        if len(self.log) > 6:
            raise StopIteration('thrown')
        return 'handled'

    def close(self):
        self.log.append('close')


def delegate(sub):
    try:
        result = yield from sub
    finally:
        sub.log.append('finally')
    yield 'result', result


for k in range(40):
    sub = Sub()
    g = delegate(sub)
    out = [next(g), next(g), g.send(5), g.throw(KeyError), g.send('stop')]
    g.close()
    sub2 = Sub()
    g2 = delegate(sub2)
    next(g2)
    g2.close()
    sub3 = Sub()
    g3 = delegate(sub3)
    next(g3)
    thrown = [g3.throw(IndexError('x')) for i in range(5)]
    thrown.append(g3.throw(IndexError('y')))
print(out, sub.log)
print(sub2.log)
print(thrown, sub3.log)


def failing(n):
    for i in range(n):
        yield i
    raise RuntimeError('inner %d' % n)


def guarded(n):
    try:
        yield from failing(n)
    except RuntimeError as e:
        yield str(e)
    yield from failing(1)


for k in range(40):
    got = []
    try:
        for x in guarded(3):
            got.append(x)
    except RuntimeError as e:
        tb = e.__traceback__
        lines = []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
            tb = tb.tb_next
print(got, lines)


def recursive(n):
    if n:
        yield n
        yield from recursive(n - 1)


for k in range(40):
    result = sum(recursive(50))
print(result)


def yield_from_of(g):
    return getattr(g, 'gi_yieldfrom', 'none')


def observed():
    target = inner(2)
    yield target
    yield from target


for k in range(40):
    g = observed()
    target = next(g)
    next(g)
    same = yield_from_of(g) in (target, 'none')
    frame = g.gi_frame
    place = frame.f_lineno - frame.f_code.co_firstlineno
print(same, place)


def not_iterable():
    yield 1
    yield from 5


for k in range(40):
    g = not_iterable()
    next(g)
    try:
        next(g)
    except TypeError as e:
        message = str(e)
print(message)


def throw_into(n):
    try:
        yield from inner(n)
    except KeyError:
        yield 'outer caught'


for k in range(40):
    g = throw_into(3)
    next(g)
    a = g.throw(ValueError, 'v')
    b = next(g)
    c = g.throw(KeyError('k'))
    try:
        next(g)
    except StopIteration:
        d = 'end'
print(a, b, c, d)
