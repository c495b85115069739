# env: PYTHONHASHSEED=0
# versions: 3.5
# Coroutines in a hand-written event loop: await, async for, async with, errors, warnings, close.
import collections
import traceback
import types
import warnings

warnings.simplefilter('ignore', PendingDeprecationWarning)


@types.coroutine
def switch(value):
    got = yield value
    return got


class Loop:
    def __init__(self):
        self.queue = collections.deque()
        self.log = []

    def start(self, name, coroutine):
        self.queue.append((name, coroutine, None, None))

    def run(self):
        while self.queue:
            name, coroutine, value, error = self.queue.popleft()
            try:
                if error is not None:
                    wants = coroutine.throw(error)
                else:
                    wants = coroutine.send(value)
            except StopIteration as stop:
                self.log.append((name, 'returned', stop.value))
            except Exception as problem:
                self.log.append((name, 'raised', repr(problem)))
            else:
                self.log.append((name, wants))
                fails = wants == 'fail'
                self.queue.append((name, coroutine, wants, OSError('asked for') if fails else None))
        log, self.log = self.log, []
        return log


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n <= 0:
            raise StopAsyncIteration
        self.n -= 1
        return await switch(self.n)


class OldStyle(Countdown):
    async def __aiter__(self):
        await switch('aiter')
        return self


class Manager:
    def __init__(self, log, swallow=False):
        self.log, self.swallow = log, swallow

    async def __aenter__(self):
        self.log.append('enter')
        return await switch('entered')

    async def __aexit__(self, kind, value, tb):
        self.log.append(kind and kind.__name__)
        await switch('exiting')
        return self.swallow


class Awaitable:
    def __init__(self, items):
        self.items = items

    def __await__(self):
        for item in self.items:
            yield item
        return len(self.items)


async def add(a, b):
    return await switch(a) + await switch(b)


async def loops(n):
    total = 0
    async for i in Countdown(n):
        if i == 1:
            continue
        total += i
    else:
        total += 1000
    async for i in OldStyle(n):
        total += await add(i, i)
        if i == 1:
            break
    return total


async def managed(log, swallow, fails):
    async with Manager(log, swallow) as entered, Manager(log) as other:
        log.append((entered, other))
        if fails:
            await switch('fail')
        log.append('body')
    return await Awaitable('xyz')


async def leaves_with(log):
    for i in range(3):
        async with Manager(log):
            if i == 0:
                continue
            if i == 1:
                return 'returned'


loop = Loop()
for turn in range(4):
    loop.start('loops', loops(4))
    loop.start('add', add(1, 2))
    for swallow in (False, True):
        for fails in (False, True):
            log = []
            loop.start('with %d%d' % (swallow, fails), managed(log, swallow, fails))
            for line in loop.run():
                print(line)
            print(log)
    log = []
    loop.start('leave', leaves_with(log))
    print(loop.run(), log)


def attempt(coroutine, *values):
    seen = []
    try:
        for value in (None,) + values:
            seen.append(coroutine.send(value))
    except BaseException as error:
        seen.append(repr(error))
        names = [entry[2] for entry in traceback.extract_tb(error.__traceback__)]
        seen.append(names)
    coroutine.close()
    return seen


class NoAnext:
    def __aiter__(self):
        return self


class BadAnext:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 5


class BadAiter:
    def __aiter__(self):
        return 5


class HalfManager:
    async def __aenter__(self):
        pass


async def iterate(what):
    async for item in what:
        print(item)


async def enter(what):
    async with what as entered:
        print(entered)


async def wait(what):
    return await what


def plain_generator(what):
    yield from what


@types.coroutine
def decorated(what):
    return (yield from what)


def not_an_iterator():
    class Bad:
        def __await__(self):
            return 5
    return Bad()


def await_of_coroutine():
    class Bad:
        def __await__(self):
            return self.c

        c = add(1, 2)
    return Bad()


for turn in range(4):
    for bad in ([], NoAnext(), BadAnext(), BadAiter()):
        print(attempt(iterate(bad)))
    for bad in (5, HalfManager()):
        print(attempt(enter(bad)))
    for bad in (5, [1], (i for i in 'a'), not_an_iterator()):
        print(attempt(wait(bad)))
    bad = await_of_coroutine()
    print(attempt(wait(bad)))
    bad.c.close()
    c = add(1, 2)
    try:
        next(plain_generator(c))
    except TypeError as error:
        print(error)
    print(attempt(decorated(c), 1, 2))
    c = add(3, 4)
    c.send(None)
    print(attempt(wait(c)), c.cr_await is not None)
    c.close()
    c = wait(Awaitable('ab'))
    print(c.send(None), type(c.cr_await).__name__, c.send(None), attempt(c), c.cr_await)
    c = loops(3)
    print(c.send(None), c.close(), c.cr_frame)
    with warnings.catch_warnings():
        warnings.simplefilter('error', PendingDeprecationWarning)
        c = iterate(OldStyle(2))
        try:
            c.send(None)
        except PendingDeprecationWarning as error:
            print(error)


async def hot(n):
    total = 0
    async for i in Countdown(n):
        total += await add(i, 1)
        async with Manager([]):
            total += 1
    return total


def exhaust(coroutine):
    value, steps = None, 0
    try:
        while True:
            value = coroutine.send(value if steps else None)
            steps += 1
    except StopIteration as stop:
        return stop.value, steps


print(exhaust(hot(3000)))
