# versions: 3.5
# async def, await, async for and async with under a hand-written loop.
import sys
import types
import warnings


@types.coroutine
def switch(value):
    result = yield value
    return result


def run(coroutine, replies=()):
    seen = []
    replies = list(replies)
    value = None
    try:
        while True:
            seen.append(coroutine.send(value))
            value = replies.pop(0) if replies else None
    except StopIteration as stop:
        return seen, stop.value


async def add(a, b):
    return a + (await switch(b) or b)


async def total(n):
    t = 0
    for i in range(n):
        t += await add(i, i * 10)
    return t


for k in range(40):
    result = run(total(6)), run(total(3), [100, 200, 300])
print(result)


class Numbers(object):
    def __init__(self, n):
        self.n = n
        self.i = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await switch(('next', self.i))
        return self.i


async def collect(n, stop=None):
    got = []
    async for x in Numbers(n):
        if x == stop:
            break
        got.append(x)
    else:
        got.append('else')
    return got


for k in range(40):
    result = run(collect(3)), run(collect(5, 2))
print(result)


class Manager(object):
    def __init__(self, log, swallow=False):
        self.log = log
        self.swallow = swallow

    async def __aenter__(self):
        self.log.append('enter')
        await switch('entering')
        return self

    async def __aexit__(self, ty, value, tb):
        self.log.append(('exit', ty and ty.__name__, str(value)))
        await switch('exiting')
        return self.swallow


async def managed(log, what):
    async with Manager(log, what == 'swallow') as m:
        log.append(m.__class__.__name__)
        if what == 'return':
            return 'returned'
        if what in ('raise', 'swallow'):
            raise ValueError(what)
        await switch('body')
    log.append('after')
    return 'end'


for what in ('plain', 'return', 'swallow', 'raise'):
    for k in range(40):
        log = []
        try:
            result = run(managed(log, what))
        except ValueError as e:
            result = repr(e), sys.exc_info()[0]
    print(what, result, log, sys.exc_info())


async def nested(n):
    log = []
    async with Manager(log) as a, Manager(log, True) as b:
        async for x in Numbers(n):
            if x == 2:
                continue
            async for y in Numbers(x):
                log.append(x * y)
        raise KeyError(n)
    return log


for k in range(40):
    result = run(nested(3))
print(result)


class BadIterable(object):
    pass


class BadNext(object):
    def __aiter__(self):
        return self

    def __anext__(self):
        return 5


class Legacy(object):
    def __init__(self):
        self.numbers = Numbers(2)

    async def __aiter__(self):
        return self.numbers


async def over(iterable):
    got = []
    async for x in iterable:
        got.append(x)
    return got


async def wait_for(x):
    return await x


async def enter(x):
    async with x:
        pass


def error(f, *args):
    try:
        return run(f(*args))
    except Exception as e:
        return type(e).__name__, str(e)


for k in range(40):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        results = [error(over, BadIterable()), error(over, BadNext()), error(over, Legacy())]
        texts = [str(w.message) for w in caught]
    results += [error(wait_for, 5), error(enter, 5), error(wait_for, switch(3))]
for r in results:
    print(r)
print(texts)


async def sleeper():
    await switch(1)


async def twice(c):
    await c


for k in range(40):
    c = sleeper()
    c.send(None)
    message = error(twice, c)
    c.close()
    try:
        c.send(None)
    except RuntimeError as e:
        closed = str(e)
    t = twice(sleeper())
    t.send(None)
    try:
        t.throw(ValueError, 'thrown')
    except ValueError as e:
        thrown = str(e), t.cr_frame
print(message, closed, thrown)


def plain_generator(c):
    yield from c


for k in range(40):
    c = sleeper()
    try:
        next(plain_generator(c))
    except TypeError as e:
        message = str(e)
    c.close()
print(message)
