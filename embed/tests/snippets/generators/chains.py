# versions: 3.4, 3.5
# Generators that wait for one another in a row, once they are hot: what the last one sees of the others, what each
# sees of exceptions and results that come up, and when the ones that have ended go.
import gc
import inspect
import sys
import traceback
import weakref

ROUNDS = 60


def bottom(look):
    for i in range(3):
        got = yield look(i)
        if got is not None:
            yield got
    return "bottom"


def third(look):
    here = "third"
    result = yield from bottom(look)
    return [here, result]


def second(look):
    here = "second"
    try:
        raise KeyError("second")
    except KeyError:
        result = yield from third(look)
        result.append(sys.exc_info()[0].__name__)
    return result + [here]


def first(look):
    here = "first"
    result = yield from second(look)
    for _ in range(2):
        result.append((yield from third(look)))
    return result


def values(generator):
    seen = []
    while True:
        try:
            seen.append(next(generator))
        except StopIteration as stop:
            return seen, stop.value


def warm():
    for _ in range(ROUNDS):
        values(first(lambda i: i))


def above(i):
    """The frames of the chain, from within the last one."""
    frame, seen = sys._getframe(1), []
    while frame.f_code.co_name != "values":
        names = sorted(name for name in frame.f_locals if name != "look")
        line = frame.f_lineno - frame.f_code.co_firstlineno
        seen.append((frame.f_code.co_name, line, frame.f_lasti, names))
        frame = frame.f_back
    return seen, sys.exc_info()[0]


def frames():
    for seen in values(first(above))[0]:
        print(seen)
    generator = first(lambda i: i)
    for _ in range(5):
        next(generator)
        at = generator.gi_frame
        print(at.f_lasti, at.f_lineno - at.f_code.co_firstlineno, at.f_back, generator.gi_running,
              inspect.getgeneratorstate(generator), getattr(generator, "gi_yieldfrom", None) is not None)


def states():
    """What is being handled, at every level and around."""
    def look(i):
        return sys.exc_info()[0]
    for _ in range(ROUNDS):
        outside = []
        try:
            raise ValueError("outside")
        except ValueError:
            generator = first(look)
            for kind in generator:
                outside.append((kind.__name__, sys.exc_info()[0].__name__))
    print(outside, sys.exc_info()[0])


def sent():
    for _ in range(ROUNDS):
        generator = first(lambda i: i)
        next(generator)
        seen = [generator.send(value) for value in ("a", None, "b", "c", None, None, 7)]
    print(seen)


def counted():
    """References to what is sent, wherever it goes."""
    token, counts = object(), []

    def taking():
        got = yield
        counts.append(sys.getrefcount(got))
        return got

    def passing():
        result = yield from taking()
        counts.append(sys.getrefcount(result))
        del result
        counts.append(sys.getrefcount(token))
        yield "after"
        return token

    def over():
        counts.append(sys.getrefcount((yield from passing())))

    for _ in range(ROUNDS):
        del counts[:]
        generator = over()
        next(generator)
        generator.send(token)
        counts.append(sys.getrefcount(token))
        list(generator)
    print(counts, sys.getrefcount(token))


def raised():
    """Exceptions come up through the chain, past handlers."""
    def failing(at):
        for i in range(4):
            if i == at:
                raise LookupError("at %d" % at)
            yield i

    def plain(at):
        result = yield from failing(at)
        return result

    def catching(at):
        try:
            yield from plain(at)
        except IndexError:
            print("never")
        finally:
            yield "finally", sys.exc_info()[0]

    def around(at):
        try:
            yield from catching(at)
        except LookupError as error:
            yield "caught", str(error), [entry[2] for entry in traceback.extract_tb(error.__traceback__)]
        yield sys.exc_info()[0]
        yield from catching(at)

    for at in (9, 0, 2):
        for _ in range(ROUNDS):
            seen, generator = [], around(at)
            try:
                for value in generator:
                    seen.append(value)
            except LookupError as error:
                seen.append([entry[2] for entry in traceback.extract_tb(error.__traceback__)])
        print(seen)


class Dying(object):
    def __init__(self, log, name):
        self.log, self.name = log, name

    def __del__(self):
        self.log.append("del " + self.name)


def deaths():
    log, watching = [], []

    def holding(name):
        held = Dying(log, name)
        yield name
        log.append("end " + name)

    def watched(generator, name):
        watching.append(weakref.ref(generator, lambda _: log.append("gone " + name)))
        return generator

    def chain(names):
        for name in names:
            yield from watched(holding(name), name)
            log.append("after " + name)

    def over(names):
        yield from chain(names)
        log.append("over")

    for _ in range(ROUNDS):
        del log[:]
        for name in over("ab"):
            log.append(name)
    print(log)
    generator = over("ab")
    next(generator)
    del log[:]
    generator.close()
    print(log)


def reported(install):
    """What a trace or profile function sees that is installed by the last one of a chain."""
    events = []

    def report(frame, event, arg):
        name = frame.f_code.co_name
        if name in ("bottom", "third", "second", "first") and not event.startswith("c_"):
            if event == "exception":
                arg = arg[0].__name__
            events.append((name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg))
        return report

    def look(i):
        if i == 1 and not events:
            install(report)
        return i

    result = values(first(look))
    install(None)
    print(len(events), result)
    for event in events[:40]:
        print(event)


def interfered(leaving):
    """A profile function that raises when a generator between the others yields."""
    calls = []

    def report(frame, event, arg):
        if frame.f_code.co_name == leaving and event == "return":
            calls.append(arg)
            if len(calls) == 2:
                raise OSError("from the profile function")

    def look(i):
        if i == 1:
            sys.setprofile(report)
        return i

    generator = first(look)
    seen = []
    try:
        for value in generator:
            seen.append(value)
    except OSError as error:
        seen.append((str(error), [entry[2] for entry in traceback.extract_tb(error.__traceback__)]))
    sys.setprofile(None)
    print(leaving, seen, calls, generator.gi_frame)


def deep(n):
    if n:
        yield from deep(n - 1)
    else:
        yield "bottom"
        yield "again"


def too_deep():
    for _ in range(ROUNDS):
        list(deep(3))
    generator = deep(150)
    print(next(generator))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(120)
    try:
        print(next(generator))
    except RuntimeError as error:
        print(type(error).__name__, error, len(traceback.extract_tb(error.__traceback__)))
    finally:
        sys.setrecursionlimit(limit)
    print(list(generator), generator.gi_frame)


def reentered():
    """One of the chain is asked for a value while it waits."""
    chain = []

    def look(i):
        found = []
        for generator in chain:
            found.append(generator.gi_running)
            try:
                next(generator)
            except ValueError as error:
                found.append(str(error))
        return found

    for _ in range(ROUNDS):
        inner = second(look)

        def outside():
            return (yield from inner)

        chain[:] = [outside(), inner]
        seen = values(chain[0])
    print(seen)


def thrown():
    for _ in range(ROUNDS):
        seen = []
        for kind in (KeyError, StopIteration, GeneratorExit):
            generator = first(lambda i: i)
            next(generator)
            next(generator)
            try:
                seen.append(generator.throw(kind("thrown")))
            except BaseException as error:
                seen.append((repr(error), [entry[2] for entry in traceback.extract_tb(error.__traceback__)]))
            seen.append(generator.gi_frame is None)
    print(seen)


def collected():
    def look(i):
        gc.collect()
        return i
    for _ in range(3):
        seen = values(first(look))
    print(seen)


AWAITING = """
class Turn(object):
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def wait(value):
    return await Turn(value)


async def twice(value):
    return await wait(value), await wait(-value)


async def guarded(value):
    try:
        return await twice(value)
    except LookupError as error:
        return "guarded", str(error), await wait(0)


def awaits():
    for _ in range(ROUNDS):
        coroutine, seen = guarded(4), []
        seen.append(coroutine.send(None))
        try:
            seen.append(coroutine.send("x"))
            coroutine.send("y")
        except StopIteration as stop:
            seen.append(stop.value)
        coroutine = guarded(5)
        coroutine.send(None)
        seen.append(coroutine.cr_running)
        seen.append(coroutine.throw(LookupError("thrown")))
        try:
            coroutine.send("end")
        except StopIteration as stop:
            seen.append(stop.value)
    print(seen)


awaits()
"""

warm()
frames()
states()
sent()
counted()
raised()
deaths()
reported(sys.settrace)
reported(sys.setprofile)
for name in ("third", "second", "first"):
    interfered(name)
too_deep()
reentered()
thrown()
collected()
if sys.version_info >= (3, 5):
    exec(AWAITING)
