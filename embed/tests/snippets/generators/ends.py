# versions: 3.4, 3.5
# How generators that compiled code delegates to and loops over end: what they return, what a trace function sees
# of that, what is raised in their place, and when what they held goes.
import sys
import warnings

ROUNDS = 60


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        if self.name:
            print("del", self.name, sys.exc_info()[0])


def returning(value, n=2):
    for i in range(n):
        yield i
    return value


def delegating(value, n=2):
    result = yield from returning(value, n)
    return (result, type(result).__name__)


def outer(value, n=2):
    return (yield from delegating(value, n))


def ended(generator):
    seen = []
    try:
        while True:
            seen.append(next(generator))
    except StopIteration as stop:
        return seen, repr(stop.value), stop.__context__


VALUES = [None, 1, (), (1, 2), ((),), ValueError("returned"), StopIteration(3), StopIteration((4,)), StopIteration]


def returns():
    for n in (0, 1, 3):
        for value in VALUES:
            last = None
            for _ in range(ROUNDS):
                last = ended(outer(value, n))
            print(n, last)


def returns_while_handling():
    for value in VALUES:
        last = None
        for _ in range(ROUNDS):
            try:
                raise KeyError("being handled")
            except KeyError:
                last = ended(outer(value))
        print(last[0], last[1], repr(last[2]))


def looping(value):
    count = 0
    for x in returning(value):
        count += x
    return count


def loops():
    for value in VALUES:
        print([looping(value) for _ in range(ROUNDS)][-1], end=" ")
    print()


def traced(run):
    """The events of a run that begins untraced, then switches a trace function on in a generator."""
    events = []

    def trace(frame, event, arg):
        name = frame.f_code.co_name
        if name in ("switching", "through", "over"):
            arg = arg[0].__name__ if event == "exception" else arg
            events.append((name, event, frame.f_lineno - frame.f_code.co_firstlineno, repr(arg)))
        return trace

    def switching(on):
        yield 1
        if on:
            sys.settrace(trace)
            sys._getframe(1).f_trace = trace
        return "done"

    def through(on):
        result = yield from switching(on)
        return result

    def over(on):
        for _ in switching(on):
            pass
        return "over"

    for _ in range(ROUNDS):
        ended(through(False))
        over(False)
    try:
        run(through, over)
    finally:
        sys.settrace(None)
    return events


def tracing():
    for event in traced(lambda through, over: ended(through(True))):
        print(event)
    for event in traced(lambda through, over: over(True)):
        print(event)


def profiled():
    events = []

    def profile(frame, event, arg):
        if event in ("call", "return") and frame.f_code.co_name in ("returning", "delegating", "outer"):
            events.append((frame.f_code.co_name, event, repr(arg)))

    for _ in range(ROUNDS):
        ended(outer(5))
    generator = outer(6)
    next(generator)
    sys.setprofile(profile)
    try:
        ended(generator)
    finally:
        sys.setprofile(None)
    for event in events:
        print(event)


def leaking():
    yield 1
    raise StopIteration("leaked")


def delegating_to(generator):
    try:
        result = yield from generator
    except BaseException as e:
        return "raised", type(e).__name__, str(e), repr(e.__cause__), repr(e.__context__)
    return "returned", result


def leaks():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        last = None
        for _ in range(ROUNDS):
            last = ended(delegating_to(leaking()))
        print(last, sorted(set(str(w.message) for w in caught)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(ROUNDS):
            last = ended(delegating_to(leaking()))
        print(last)


def sends():
    def receiving():
        got = []
        while len(got) < 4:
            got.append((yield len(got)))
        return got

    def passing():
        return (yield from receiving())

    last = None
    for _ in range(ROUNDS):
        generator = passing()
        seen = [next(generator)]
        try:
            for value in ("a", None, ("t",), 3.5):
                seen.append(generator.send(value))
        except StopIteration as stop:
            last = seen, stop.value
    print(last)
    for _ in range(ROUNDS):
        try:
            passing().send(1)
        except TypeError as e:
            last = str(e)
    print(last)


def exhausted():
    generator = returning(1)
    ended(generator)
    last = None
    for _ in range(ROUNDS):
        last = ended(delegating_to(generator))
    print(last)

    def itself():
        yield 0
        try:
            yield from me
        except ValueError as e:
            yield str(e)

    for _ in range(ROUNDS):
        me = itself()
        last = list(me)
    print(last)


def holding(n, noisy):
    for i in range(n):
        yield i
    return noisy.name


def lifetimes():
    for i in range(ROUNDS):
        name = str(i) if i >= ROUNDS - 2 else ""
        ended(outer(Noisy(name and name + " returned")))
        ended(delegating_to(holding(2, Noisy(name and name + " held"))))
        for _ in holding(1, Noisy(name and name + " held by what was looped over")):
            pass


for part in (returns, returns_while_handling, loops, tracing, profiled, leaks, sends, exhausted, lifetimes):
    print("--", part.__name__)
    part()

if sys.version_info >= (3, 5):
    exec("""if True:
    import types

    @types.coroutine
    def suspending(value):
        got = yield value
        return got

    async def stopping(kind):
        await suspending(1)
        raise kind("from a coroutine")

    async def awaiting(kind):
        try:
            await stopping(kind)
        except Exception as e:
            return type(e).__name__, str(e), repr(e.__cause__), repr(e.__context__)

    async def twice():
        coroutine = stopping(ValueError)
        results = []
        for _ in range(3):
            try:
                await coroutine
            except Exception as e:
                results.append((type(e).__name__, str(e)))
        return results

    def driven(coroutine):
        seen = []
        try:
            while True:
                seen.append(coroutine.send(None))
        except StopIteration as stop:
            return seen, stop.value

    print("-- coroutines")
    for kind in (StopIteration, ValueError):
        last = None
        for _ in range(ROUNDS):
            last = driven(awaiting(kind))
        print(last)
    for _ in range(ROUNDS):
        last = driven(twice())
    print(last)
""")
