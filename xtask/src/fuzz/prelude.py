import gc
import sys

# When it runs depends on how many containers were made, which is not what is compared.
gc.disable()


def show(v):
    t = type(v)
    if hasattr(v, '__call__') or hasattr(v, 'gi_frame'):
        return t.__name__
    s = '%s:%r' % (t.__name__, v)
    return s if len(s) < 90 else s[:50] + '..' + s[-20:] + str(len(s))


def put(*values):
    sys.stdout.write(' '.join([show(v) for v in values]) + '\n')


def oops(e):
    t = sys.exc_info()[2]
    places = []
    while t is not None:
        places.append(t.tb_lineno)
        t = t.tb_next
    put('oops', type(e).__name__, str(e)[:80], places[:9])


def in_order(a, b):
    # 2.7 orders by address what has no order, and addresses are free to differ.
    return 0 if a is b else 1


class Oddity(Exception):
    pass


counts = {}


def hit(name):
    n = counts[name] = counts.get(name, 0) + 1
    return n


SHARED = (int, float, bool, str, tuple, type(None), type(1 << 80))


def refs(v):
    # Who else has a small int or a short string depends on what the interpreter did before.
    put('refs', 'shared' if type(v) in SHARED else sys.getrefcount(v))


def frame(depth=1):
    f = sys._getframe(depth)
    put('frame', f.f_code.co_name, f.f_lineno, sorted([(n, show(v)) for n, v in f.f_locals.items() if len(n) < 2 or n[0] == 'G']))


def poke(name, value, depth=1):
    # A trace function's changes to f_locals are put into the frame.
    target = sys._getframe(depth)
    previous = sys.gettrace()

    def trace(f, event, arg):
        if f is target:
            f.f_locals[name] = value
            sys.settrace(previous)
        return trace
    target.f_trace = trace
    sys.settrace(trace)


class Dying(object):
    def __init__(self, tag):
        self.tag = tag

    def __repr__(self):
        return 'Dying(%s)' % self.tag

    def __del__(self):
        if hit('del') < 30:
            put('del', self.tag)


class Manager(object):
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        hit('enter')
        return 5

    def __exit__(self, kind, value, trace):
        hit('exit' + (kind.__name__ if kind else ''))
        return self.swallow


class managed(object):
    def __init__(self, swallow):
        self.__exit__ = None
        self.swallow = swallow

    def __enter__(self):
        hit('managed')
        return self

    def __exit__(self, *info):
        if info[1] is not None:
            hit('unwound ' + str(info[1])[:30])
        return self.swallow


class Steps(object):
    def __init__(self, n):
        self.i = 0
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i

    next = __next__

    def step(self):
        self.i += 1
        return self.i


class Int(int):
    pass


class Float(float):
    pass


class Str(str):
    pass


class List(list):
    pass


def drain(g, script):
    # What a generator says to a script of sends, throws and closings.
    for word in script:
        try:
            if word == 'next':
                put(next(g))
            elif word == 'close':
                put(g.close())
            elif word == 'throw':
                put(g.throw(ValueError('thrown')))
            elif word == 'exit':
                put(g.throw(GeneratorExit))
            else:
                put(g.send(word))
        except StopIteration as e:
            put('stop', e.args)
        except (Exception, GeneratorExit) as e:
            oops(e)


events = []


def tracer(f, event, arg):
    events.append((f.f_code.co_name, event, f.f_lineno))
    if len(events) % 500 == 0:
        sys.settrace(None)
    return tracer


def profiler(f, event, arg):
    events.append((f.f_code.co_name, event, f.f_lineno))
    if len(events) % 300 == 0:
        sys.setprofile(None)


def finish():
    sys.settrace(None)
    sys.setprofile(None)
    put('counts', sorted(counts.items()))
    put('events', len(events), events[:6], events[-6:])
