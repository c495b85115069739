# versions: 3.4, 3.5
# yield from over generators, iterators and objects with send, throw and close, driven in every way.
import gc
import sys
import traceback
import weakref


def leaf(n):
    total = 0
    for i in range(n):
        try:
            got = yield i
        except KeyError as error:
            got = yield 'caught %r' % error.args[0]
        if got is not None:
            total += got
    return total


def middle(n):
    first = yield from leaf(n)
    second = yield from leaf(n)
    return first, second


def outer(n):
    result = yield from middle(n)
    return 'outer', result


def over(iterable):
    result = yield from iterable
    return result


class Sender:
    def __init__(self, limit):
        self.limit = limit
        self.log = []

    def __iter__(self):
        return self

    def __next__(self):
        self.log.append('next')
        return self.step()

    def send(self, value):
        self.log.append(('send', value))
        return self.step()

    def throw(self, *args):
        self.log.append(('throw', args[0]))
        if self.limit < 0:
            raise StopIteration('thrown out')
        return 'survived'

    def close(self):
        self.log.append('close')

    def step(self):
        self.limit -= 1
        if self.limit < 0:
            raise StopIteration('done')
        return self.limit


def drive(generator, sends):
    seen = [next(generator)]
    try:
        for value in sends:
            seen.append(generator.send(value))
    except StopIteration as stop:
        seen.append(('stopped', stop.value))
    except Exception as error:
        seen.append(repr(error))
    return seen


def attempt(function, *args):
    try:
        return function(*args)
    except StopIteration as stop:
        return 'StopIteration', stop.value
    except BaseException as error:
        return repr(error)


def lines(function, *args):
    try:
        function(*args)
    except Exception as error:
        for name, line in [(e[2], e[3]) for e in traceback.extract_tb(error.__traceback__)]:
            print('   ', name, '|', line)
        print('   ', repr(error))


def failing():
    yield 1
    raise ValueError('inside')


for turn in range(3):
    print(drive(outer(3), [None, 1, 2, 3, 4, 5, 6]))
    print(drive(over([1, 2, 3]), [None] * 4))
    print(drive(over(iter('abc')), [None, 5]))
    print(drive(over({'k': 1}), [None] * 2))
    sender = Sender(3)
    print(drive(over(sender), [None, 'x', None, 'y', 'z']), sender.log)
    print(attempt(next, over(5)))

    # throw and close, before the start, while suspended, and after the end.
    g = outer(2)
    print(attempt(g.throw, KeyError('early')), attempt(next, g))
    g = outer(2)
    print(next(g), attempt(g.throw, KeyError('one')), attempt(g.send, 4), attempt(next, g))
    print(attempt(g.throw, ValueError('two')), attempt(next, g))
    for limit in (3, 0):
        sender = Sender(limit + 1)
        g = over(sender)
        next(g)
        if not limit:
            sender.limit = -1
        print(attempt(g.throw, IndexError), attempt(next, g), attempt(g.close), sender.log)
    g = over(iter([1, 2]))
    print(next(g), attempt(g.throw, IndexError('list')), attempt(next, g))
    g = outer(2)
    g.close()
    print(attempt(next, g))
    g = outer(2)
    next(g)
    print(g.gi_frame.f_lasti > 0, g.gi_running, attempt(g.close), g.gi_frame, attempt(g.send, 1))
    lines(list, over(over(failing())))


def recursive(depth):
    if depth:
        yield depth
        yield from recursive(depth - 1)
        yield -depth


def running():
    me = yield
    yield attempt(me.send, None)
    yield from over([attempt(next, me)])


for turn in range(3):
    print(list(recursive(8)))
    g = running()
    next(g)
    print(g.send(g), next(g))


class Node:
    pass


def in_cycle(node):
    me = yield
    node.generator = me
    yield from leaf(5)


def collected():
    node = Node()
    died = weakref.ref(node)
    g = in_cycle(node)
    node.cycle = node
    next(g)
    g.send(g)
    del node, g
    gc.collect()
    return died() is None


print([collected() for turn in range(4)])


# References are neither lost nor leaked.
def count(n):
    token = object()
    before = sys.getrefcount(token)
    for turn in range(n):
        g = over([token, token])
        for item in g:
            del item
        g = over(Sender(2))
        next(g)
        g.send(token)
        del g
    return sys.getrefcount(token) - before


print(count(50))


def finally_runs(log):
    try:
        yield from leaf(3)
    finally:
        log.append('finally')


log = []
for turn in range(20):
    for value in finally_runs(log):
        if value == turn % 3:
            break
print(len(log))


def hot(n):
    total = 0
    for value in over(leaf(n)):
        total += value
    return total


print(hot(20000), sum(recursive(200)), sum(1 for _ in recursive(200)))
