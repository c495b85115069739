# Functions that compiled code calls run in frames that borrow: whoever looks sees frames like any other.
from __future__ import print_function
import gc
import sys
import threading
import time
import weakref

HOT = 300
log = []


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append((self.name, sys._getframe(1).f_code.co_name))


def drain():
    out = list(log)
    del log[:]
    return out


# Frames that are kept outlive their calls, and hold what they refer to.
def keeper(value, depth):
    local = [value]
    if depth:
        return keeper(value, depth - 1)
    return sys._getframe()


def keeping(count):
    frame = None
    for i in range(count):
        frame = keeper(i, 2)
    return frame


for turn in range(3):
    frame = keeping(HOT)
    names = []
    while frame is not None and len(names) < 5:
        names.append((frame.f_code.co_name, sorted(frame.f_locals) if frame.f_code.co_name != '<module>' else None))
        if frame.f_code is keeper.__code__:
            print(frame.f_locals, frame.f_globals is globals(), gc.is_tracked(frame))
        frame = frame.f_back
    print(names)


# Arguments that the caller gives away live until the call is over, whatever the callee does.
def forget(argument, other):
    argument = None
    log.append('forgotten')
    return other


def delete(argument, other):
    del argument
    log.append('deleted')
    return other


def keep(argument, other):
    log.append('kept')
    return other


def giving(count, function):
    for i in range(count):
        function(Noisy('first'), Noisy('second'))
        if i < count - 2:
            del log[:]


for function in forget, delete, keep:
    giving(HOT, function)
    print(function.__name__, drain())


# Locals die in their order, while the caller's frame is the current one already.
def locals_of(argument):
    a = Noisy('a')
    b = Noisy('b')
    c = argument
    return None


def calling_locals(count):
    for i in range(count):
        locals_of(Noisy('argument'))
        if i < count - 1:
            del log[:]


calling_locals(HOT)
print(drain())


# What a function is made of may go while it runs.
def replaced(x):
    def other(x):
        return ('other', x)
    replaced.__code__ = other.__code__
    return ('first', x, sys._getframe().f_code.co_name, 'constant %d' % x)


def replacing(count):
    code = replaced.__code__
    results = set()
    for i in range(count):
        results.add(replaced(1))
        results.add(replaced(2))
        replaced.__code__ = code
    return sorted(results)


print(replacing(HOT))


def make(number):
    namespace = {'number': number, 'drop': drop}
    exec('''
def function(x, y=[number]):
    drop()
    return x, y, number + 1, "text of %d" % number
''', namespace)
    return namespace


holder = []


def drop():
    del holder[:]


def dropping(count):
    result = None
    for i in range(count):
        holder.append(make(i)['function'])
        result = holder[0](i)
    return result


print(dropping(HOT))


def with_default(x, y=(1, 2)):
    if x == 7:
        with_default.__defaults__ = ()
        gc.collect()
    return x, y


def calling_defaults(count):
    out = None
    for i in range(count):
        with_default.__defaults__ = ([i],)
        out = with_default(7)
    return out


print(calling_defaults(HOT))


# Cells of closures.
def closure(start):
    total = [start]

    def add(x):
        total.append(x)
        return sys._getframe()
    return add


def calling_closure(count):
    frame = None
    for i in range(count):
        frame = closure(i)(i)
    gc.collect()
    return frame


print(calling_closure(HOT).f_locals)


# The collector and the frames.
class Cycle(object):
    pass


def in_cycle(x):
    cycle = Cycle()
    cycle.frame = sys._getframe()
    cycle.x = x
    return weakref.ref(cycle)


def cycles(count):
    dead = 0
    for i in range(count):
        reference = in_cycle(i)
        if i % 50 == 0:
            assert reference() is not None
            gc.collect()
            dead += reference() is None
    return dead


print(cycles(HOT))


def asks(what):
    mine = sys._getframe()
    return (any(o is mine for o in gc.get_objects()),
            any(o is mine.f_back for o in gc.get_objects()),
            gc.is_tracked(mine), gc.is_tracked(mine.f_back))


def between(what):
    return asks(what)


def asking(count):
    out = set()
    for i in range(count):
        if i < count - 3:
            between_not(i)
        else:
            out.add(between(i))
    return out


def between_not(what):
    return what


between_code = between.__code__
for i in range(HOT):
    between_not(i)
print(asking(HOT))


# Exceptions: frames in tracebacks hold their variables.
def raises(x, depth):
    noisy = Noisy(x)
    if depth:
        return raises(x, depth - 1)
    raise ValueError(x)


def catching(count):
    entries = None
    for i in range(count):
        try:
            raises(i, 2)
        except ValueError:
            traceback = sys.exc_info()[2]
            entries = []
            while traceback is not None:
                frame = traceback.tb_frame
                entries.append((frame.f_code.co_name, traceback.tb_lineno - frame.f_code.co_firstlineno,
                                frame.f_locals.get('x'), frame.f_locals.get('depth')))
                traceback = traceback.tb_next
            del traceback, frame
        if i < count - 1:
            del log[:]
    return entries


print(catching(HOT))
print(len(drain()) <= 3)
if sys.version_info[0] == 2:
    sys.exc_clear()
del log[:]


# What an exception that was caught in a callee leaves behind.
def catches(x):
    try:
        raise KeyError(x)
    except KeyError:
        return sys.exc_info()[0]


def handling(count):
    out = None
    for i in range(count):
        try:
            raise ValueError(i)
        except ValueError:
            inner = catches(i)
            out = (inner, sys.exc_info()[0])
    return out, sys.exc_info()[0]


print(handling(HOT))


# Recursion: as deep as the limit says, twice in a row.
def deep(n):
    return deep(n + 1)


def depth(n):
    try:
        return depth(n + 1)
    except RuntimeError:
        return n


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


for i in range(HOT):
    try:
        fib(5)
    except RuntimeError:
        pass
print(fib(17))
limit = sys.getrecursionlimit()
first = depth(0)
print(first == depth(0), limit - first < 60)
for i in range(2):
    try:
        deep(0)
    except RuntimeError as error:
        print(type(error).__name__, str(error)[:33])


# Other builtins than the interpreter's.
def module(builtins):
    namespace = {'__builtins__': builtins}
    exec('def function(x):\n    return len(x)\n', namespace)
    return namespace['function']


def builtins_of(function, count):
    out = None
    for i in range(count):
        out = function((1, 2, 3))
    return out


own = module(__builtins__)
other = module({'len': lambda x: 'other'})
print(builtins_of(own, HOT), builtins_of(other, HOT), builtins_of(own, HOT))
own.__globals__['__builtins__'] = {'len': lambda x: 'rebound'}
print(builtins_of(own, HOT))


# Other threads look.
def spin(x, stop):
    return None if stop else x


seen = set()


def spinning(stop):
    while not stop:
        for i in range(1000):
            spin(i, False)


def watch():
    stop = []
    thread = threading.Thread(target=spinning, args=(stop,))
    thread.start()
    for i in range(5000):
        time.sleep(0.0001)
        if i > 50 and 'spinning' in seen:
            break
        for ident, frame in sys._current_frames().items():
            if ident == thread.ident:
                while frame is not None:
                    seen.add(frame.f_code.co_name)
                    frame.f_lineno, frame.f_locals
                    frame = frame.f_back
    stop.append(1)
    thread.join()


watch()
print('spinning' in seen, 'run' in seen)


# Locals of the callers are looked at, and traced.
def look(x):
    return sys._getframe(1).f_locals['inner'], sys._getframe(2).f_locals['outer']


def middle(inner):
    return look(inner)


def top(count):
    result = None
    for outer in range(count):
        result = middle(outer + 1)
    return result


print(top(HOT))


def traced(x):
    events.append('in')
    y = x
    return y


events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in ('traced', 'starts', 'outer_of_starts'):
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def starts(on):
    if on:
        sys._getframe(1).f_trace = tracer
        sys.settrace(tracer)
    return on


def outer_of_starts(on):
    result = starts(on)
    traced(result)
    return result


def tracing(count):
    for i in range(count):
        outer_of_starts(i == count - 1)
        if i < count - 1:
            del events[:]
    sys.settrace(None)


tracing(HOT)
for event in events:
    print(event)
