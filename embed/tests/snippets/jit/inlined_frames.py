# Frames that an exit makes of inlined functions go on as if they had been called: results, exceptions, handlers,
# loops, who sees whom, profiling.
from __future__ import print_function
import dis
import sys


def resume_of_pyjion():
    try:
        from pyjion import _resume
        return _resume
    except ImportError:
        return None


_resume = resume_of_pyjion()

NOTHING = Ellipsis
LOOP, EXCEPT, FINALLY = (dis.opmap[name] for name in ('SETUP_LOOP', 'SETUP_EXCEPT', 'SETUP_FINALLY'))


def instructions(function):
    code = bytearray(function.__code__.co_code)
    at = 0
    while at < len(code):
        size = 3 if code[at] >= dis.HAVE_ARGUMENT else 1
        argument = code[at + 1] | code[at + 2] << 8 if size == 3 else None
        yield at, at + size, dis.opname[code[at]], argument
        at += size


def find(function, name, nth=0):
    return [(at, after) for at, after, op, _ in instructions(function) if op == name][nth]


def target(function, name, nth=0):
    return [after + argument for _, after, op, argument in instructions(function) if op == name][nth]


def calling(function, slots, operands, count, nth=0, blocks=()):
    at, after = find(function, 'CALL_FUNCTION', nth)
    return function, slots, operands, at, blocks, ('call', count, after)


def note(*what):
    frame = sys._getframe(1)
    chain = []
    while frame.f_code.co_name not in ('run', '<lambda>'):
        chain.append('%s:%d' % (frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    print('   ', what, ' < '.join(chain))


def run(name, plain, frames):
    print(name)
    try:
        if _resume is None:
            result = plain()
        else:
            result = _resume(frames())
        print('  returned', result)
    except Exception as error:
        print('  raised', type(error).__name__, error)
        entry = sys.exc_info()[2].tb_next
        while entry is not None:
            frame = entry.tb_frame
            if frame.f_code.co_name != '<lambda>':
                names = sorted(key for key in frame.f_locals)
                print('   ', frame.f_code.co_name, entry.tb_lineno, frame.f_lineno, names)
            entry = entry.tb_next
    print('  handled', sys.exc_info()[0])


def inner(x, y):
    z = x + y
    note('inner', x, z)
    return z * 2


def outer(a):
    r = inner(a, 10)
    note('outer', r)
    return [r, a]


run('two frames', lambda: outer(5), lambda: (
    calling(outer, (5, NOTHING), (inner, 5, 10), 3),
    (inner, (5, 10, NOTHING), (), 0, (), ('at',))))
run('in the middle of an expression', lambda: outer(2.5), lambda: (
    calling(outer, (2.5, NOTHING), (inner, 2.5, 10), 3),
    (inner, (2.5, 10, NOTHING), (2.5, 10), find(inner, 'BINARY_ADD')[0], (), ('at',))))
run('a string', lambda: outer('a'), lambda: (
    calling(outer, ('a', NOTHING), (inner, 'a', 10), 3),
    (inner, ('a', 10, NOTHING), (), 0, (), ('at',))))


def middle(b, c):
    return inner(b, c) + inner(c, b)


def top(a):
    total = middle(a, a + 1)
    note('top', total)
    return total


run('three frames', lambda: top(7), lambda: (
    calling(top, (7, NOTHING), (middle, 7, 8), 3),
    calling(middle, (7, 8), (inner, 7, 8), 3),
    (inner, (7, 8, NOTHING), (), 0, (), ('at',))))


def divide(x, y):
    q = x // y
    return q


def divides(a):
    r = divide(a, 0)
    note('not reached', r)
    return r


def error():
    try:
        1 // 0
    except ZeroDivisionError as error:
        return ZeroDivisionError(*error.args)


def throwing(x):
    return divide, (x, 0, NOTHING), (), find(divide, 'BINARY_FLOOR_DIVIDE')[0], (), ('throw', error())


run('thrown', lambda: divides(4), lambda: (
    calling(divides, (4, NOTHING), (divide, 4, 0), 3), throwing(4)))
run('raised', lambda: divides(4), lambda: (
    calling(divides, (4, NOTHING), (divide, 4, 0), 3),
    (divide, (4, 0, NOTHING), (4, 0), find(divide, 'BINARY_FLOOR_DIVIDE')[0], (), ('at',))))


def catches(a):
    try:
        r = divide(a, 0)
    except ZeroDivisionError:
        note('caught', sys.exc_info()[1])
        r = -1
    note('after', sys.exc_info()[0] is None, r)
    return r


def in_except(function, slots, operands, count):
    block = (EXCEPT, target(function, 'SETUP_EXCEPT'), 0)
    return calling(function, slots, operands, count, 0, (block,))


run('caught by the caller', lambda: catches(3), lambda: (
    in_except(catches, (3, NOTHING), (divide, 3, 0), 3), throwing(3)))


def cleans_up(a):
    r = 0
    try:
        r = divide(a, 0)
    finally:
        note('finally', r)
    return r


def catches_middle(a):
    try:
        return cleans_up(a)
    except ZeroDivisionError as caught:
        note('caught', str(caught))
        return 'caught'


def in_finally(slots, operands, count):
    block = (FINALLY, target(cleans_up, 'SETUP_FINALLY'), 0)
    return calling(cleans_up, slots, operands, count, 0, (block,))


run('through a finally, not caught', lambda: cleans_up(6), lambda: (
    in_finally((6, 0), (divide, 6, 0), 3), throwing(6)))
run('through a finally, caught', lambda: catches_middle(6), lambda: (
    in_except(catches_middle, (6, NOTHING), (cleans_up, 6), 2),
    in_finally((6, 0), (divide, 6, 0), 3), throwing(6)))


def catches_itself(x):
    try:
        return x // 0
    except ZeroDivisionError as caught:
        note('itself', str(caught))
    return 'itself'


def calls_it(a):
    r = catches_itself(a)
    note('state', sys.exc_info()[0])
    return r


run('caught by the callee', lambda: calls_it(9), lambda: (
    calling(calls_it, (9, NOTHING), (catches_itself, 9), 2),
    (catches_itself, (9, NOTHING)[:catches_itself.__code__.co_nlocals], (9, 0),
     find(catches_itself, 'BINARY_FLOOR_DIVIDE')[0],
     ((EXCEPT, target(catches_itself, 'SETUP_EXCEPT'), 0),), ('at',))))


def loops(items):
    total = 0
    for item in items:
        total += inner(item, 1)
        note('loop', total)
    return total


def advanced(items):
    iterator = iter(items)
    next(iterator)
    return iterator


run('in a loop', lambda: loops([5, 6, 7]), lambda: (
    calling(loops, ([5, 6, 7], 0, 5), (advanced([5, 6, 7]), 0, inner, 5, 1), 3,
            blocks=((LOOP, target(loops, 'SETUP_LOOP'), 0),)),
    (inner, (5, 1, NOTHING), (), 0, (), ('at',))))


def hot(n):
    total = 0
    for i in range(n):
        total += i & 3
    return total


def calls_hot(n):
    a = hot(n)
    for i in range(n):
        a += 1
    return a, hot(10)


run('getting hot', lambda: calls_hot(20000), lambda: (
    calling(calls_hot, (20000, NOTHING, NOTHING), (hot, 20000), 2),
    (hot, (20000, NOTHING, NOTHING), (), 0, (), ('at',))))


def profiles(x):
    sys.setprofile(events.append_event)
    return x


class Events(object):
    def __init__(self):
        self.seen = []

    def append_event(self, frame, event, argument):
        if frame.f_code.co_name != 'run':
            self.seen.append((frame.f_code.co_name, event, frame.f_lineno))


def calls_profiles(a):
    b = profiles(a)
    c = abs(b)
    sys.setprofile(None)
    return b, c


events = Events()
run('profiled', lambda: calls_profiles(-3), lambda: (
    calling(calls_profiles, (-3, NOTHING, NOTHING), (profiles, -3), 2),
    (profiles, (-3,), (), 0, (), ('at',))))
print([event for event in events.seen if event[0] != '<lambda>'])


def stores(holder, value):
    holder[0] = value
    return value


def calls_stores(holder):
    r = stores(holder, 5)
    note('stored', r, holder)
    return r


# The item is stored, what was there before is still to be released.
holder, replaced = [4], [5]
at, after = find(stores, 'STORE_SUBSCR')
run('releasing', lambda: calls_stores(holder), lambda: (
    calling(calls_stores, (replaced, NOTHING), (stores, replaced, 5), 3),
    (stores, (replaced, 5), (), at, (), ('release', ['former'], after))))


def closure(n):
    def adds(x):
        return x + n
    return adds


adds = closure(100)


def calls_adds(a):
    return adds(a) + 1


run('a closure', lambda: calls_adds(3), lambda: (
    calling(calls_adds, (3,), (adds, 3), 2),
    (adds, (3,), (), 0, (), ('at',))))


def generates(x):
    yield x


def calls_generates(a):
    return list(generates(a))


def stars(*args):
    return args


for refused in (generates, stars):
    try:
        if _resume is None:
            raise ValueError
        _resume((calling(calls_generates, (3,), (list, refused, 3), 2), (refused, (3,), (), 0, (), ('at',))))
    except ValueError:
        print('refused')


def deep(n):
    return n if n == 0 else deep(n - 1) + 1


def limited(n):
    try:
        return deep(n)
    except RuntimeError as caught:
        return str(caught)[:32]


def calls_limited(n):
    return limited(n), deep(50)


run('recursion', lambda: calls_limited(5000), lambda: (
    calling(calls_limited, (5000,), (limited, 5000), 2),
    (limited, (5000, NOTHING)[:limited.__code__.co_nlocals], (), 0, (), ('at',))))
