# Loops over generators that run hot: how these end, what they see of their caller, and what happens when
# something is out of the ordinary meanwhile.
from __future__ import print_function
import sys
import warnings

ROUNDS = 60


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def loop(g):
    total = []
    for x in g:
        total.append(x)
    return total


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def counting(n, noisy=None):
    i = 0
    while i < n:
        yield i
        i += 1


def failing(n, error):
    for i in range(n):
        yield i
    raise error


def returning(n):
    for i in range(n):
        if i == 3:
            return
        yield i


def walking(depth):
    if depth:
        for x in walking(depth - 1):
            yield x
        yield depth
        for x in walking(depth - 1):
            yield x


def cleaning(n, log):
    try:
        for i in range(n):
            yield i
    finally:
        log.append("finally")


for i in range(ROUNDS):
    loop(counting(5))
    loop(returning(5))
    loop(cleaning(2, []))
    loop(walking(3))
    show(loop, failing(2, ValueError("x")))

print(loop(counting(5)), loop(returning(9)), loop(walking(4)))
print(show(loop, failing(3, ValueError("y"))), show(loop, failing(3, KeyError("z"))))
loop(counting(2, Noisy("argument")))

# A generator that raises StopIteration, or something derived from it.
class Stop(StopIteration):
    pass


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for i in range(ROUNDS):
        results = show(loop, failing(2, StopIteration("s"))), show(loop, failing(2, Stop("t")))
    print(results, len(caught), sorted(set(str(w.message) for w in caught)))
with warnings.catch_warnings():
    warnings.simplefilter("error")
    print(show(loop, failing(2, StopIteration("s"))))

if sys.version_info >= (3, 5):
    scope = {}
    exec("""from __future__ import generator_stop
def stopping(n, error):
    for i in range(n):
        yield i
    raise error
""", scope)
    for i in range(ROUNDS):
        try:
            loop(scope["stopping"](2, Stop("u")))
        except RuntimeError as e:
            kept = e
    print(kept, repr(kept.__cause__), kept.__cause__ is kept.__context__)

if sys.version_info >= (3,):
    scope = {}
    exec("""def valued(n):
    for i in range(n):
        yield i
    return "value", n
def delegating(n):
    result = yield from valued(n)
    yield result
""", scope)
    for i in range(ROUNDS):
        results = loop(scope["valued"](2)), loop(scope["delegating"](2))
    print(results)


# ---- what a generator sees, and is seen as ----
def looking(n, seen):
    for i in range(n):
        frame = sys._getframe()
        seen.append((frame.f_back.f_code.co_name, frame.f_back.f_back.f_code.co_name, me.gi_running, frame is me.gi_frame))
        yield i


def outer(g):
    return loop(g)


for i in range(ROUNDS):
    seen = []
    me = looking(3, seen)
    outer(me)
print(seen, me.gi_running, me.gi_frame)

me = counting(5)
for i in range(ROUNDS):
    me = counting(5)
    for x in me:
        if x == 2:
            break
print(me.gi_running, me.gi_frame.f_back, me.gi_frame.f_locals["i"], loop(me), me.gi_frame)


# ---- reentered, closed and thrown into from inside ----
def reentering(n):
    for i in range(n):
        yield show(lambda: next(me)), show(lambda: me.close()), show(lambda: loop(me))


for i in range(ROUNDS):
    me = reentering(2)
    results = loop(me)
print(results)


def closing(log):
    for x in me:
        log.append(x)
        if x == 1:
            me.close()
    return log


for i in range(ROUNDS):
    log = []
    me = cleaning(5, log)
    closing(log)
print(log)


def throwing(log):
    for x in me:
        log.append(x)
        if x == 1:
            log.append(show(me.throw, ValueError("thrown")))
    return log


for i in range(ROUNDS):
    log = []
    me = cleaning(5, log)
    throwing(log)
print(log)


# ---- numbers of another kind, recursion, tracing ----
def adding(values):
    total = 0
    for v in values:
        total = total + v
        yield total


for i in range(ROUNDS):
    loop(adding([1, 2, 3]))
print(loop(adding([1, 2.5, 1 << 70])), show(loop, adding([1, "x"])))


def nested(n):
    if n:
        for x in nested(n - 1):
            yield x
    else:
        yield "bottom"


for i in range(ROUNDS):
    loop(nested(20))
limit = sys.getrecursionlimit()
sys.setrecursionlimit(120)
print(show(loop, nested(60)), show(loop, nested(500))[:60])
sys.setrecursionlimit(limit)


def tracing(how, events):
    def trace(frame, event, arg):
        if frame.f_code.co_name in ("counting", "traced"):
            events.append((event, frame.f_code.co_name, arg if event == "return" else None))
        return trace
    for x in counting(4):
        if x == 1:
            how(trace)
        if x == 2:
            how(None)


for i in range(ROUNDS):
    tracing(lambda f: None, [])
for how in (sys.settrace, sys.setprofile):
    events = []
    tracing(how, events)
    print(events)
