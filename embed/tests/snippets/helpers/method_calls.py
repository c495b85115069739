# Method calls: what is called is fixed before the arguments are evaluated, whatever these do.
from __future__ import print_function
import sys

ROUNDS = 60
log = []


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


class Plain(object):
    def m(self, *args):
        return "m", args

    def one(self, a):
        return "one", a

    def default(self, a, b=2):
        return "default", a, b

    def generate(self, n):
        for i in range(n):
            yield i

    def closes(self, a):
        return (lambda: (self is not None, a))()

    @classmethod
    def cls(cls, a):
        return cls.__name__, a

    @staticmethod
    def static(a):
        return "static", a

    @property
    def made(self):
        return lambda a: ("made", a)

    append = list.append


class Old:
    def one(self, a):
        return "old one", a


class Listening(list):
    def one(self, a):
        self.append(a)
        return len(self)


# ---- arguments that change what the next lookup would find ----
def call(o, f):
    return o.one(f(o))


def shadow(o):
    o.one = lambda a: ("shadow", a)
    return "shadowed"


def unshadow(o):
    o.__dict__.pop("one", None)
    return "unshadowed"


def replace(o):
    def other(self, a):
        return "replaced", a
    type(o).one = other
    return "replacing"


def reclass(o):
    class Other(Plain):
        def one(self, a):
            return "other", a
    o.__class__ = Other
    return "reclassed"


for make in (Plain, Old):
    o = make()
    for i in range(ROUNDS):
        call(o, id)
    print(show(call, o, shadow), show(call, o, unshadow), show(call, o, len), show(call, o, lambda o: o.none))
    print(show(call, o, unshadow), show(call, o, lambda o: 1))
    if make is Plain:
        former = Plain.one
        former = getattr(former, "__func__", former)
        print(show(call, o, replace), show(call, o, lambda o: 2))
        Plain.one = former
        print(show(call, o, reclass), show(call, o, lambda o: 3))


# ---- callables of every kind at one place ----
def kinds(o, a):
    return o.one(a + 1)


class Callable(object):
    def __call__(self, a):
        return "called", a


class Getter(object):
    def __getattr__(self, name):
        return lambda a: (name, a)


class Slotted(object):
    __slots__ = ("one",)


module = type(sys)("module")
module.one = lambda a: ("module", a)
slotted = Slotted()
slotted.one = lambda a: ("slotted", a)
with_instance = Plain()
with_instance.one = Callable()
for i in range(ROUNDS):
    for o in (Plain(), Old(), Listening(), module, slotted, Slotted(), with_instance, Getter(), 3, None, Plain):
        text = show(kinds, o, i)
        if i in (0, ROUNDS - 1):
            print(text)
    if i == ROUNDS // 2:
        print(show(kinds, Plain(), "x"), show(kinds, Plain(), 1.5), show(kinds, Plain(), None))


# ---- methods of built-in types, in every way they take their arguments ----
def builtins(l, d, s):
    l.append(len(s))
    l.extend(s.split(","))
    l.sort(key=str)
    l.reverse()
    d.update(a=1)
    d.update({"b": s.upper()})
    return l.pop(), l.count("x"), l.index("b"), s.replace("a", "b").startswith("b"), d.get("a"), d.get("z", l), \
        s.encode("utf-8").decode("ascii", "strict"), ",".join(x for x in s), sorted(d.items()), l.__len__()


for i in range(ROUNDS):
    result = builtins([3, "x"], {}, "a,b")
print(result)


def wrong(which, o):
    if which == 0:
        return o.append()
    if which == 1:
        return o.append(1, 2)
    if which == 2:
        return o.reverse(1)
    if which == 3:
        return o.index()
    if which == 4:
        return Plain().append(1)
    if which == 5:
        return Plain().one()
    if which == 6:
        return Plain().one(1, 2)
    if which == 7:
        return Plain().default()
    return Plain().none(1)


for i in range(ROUNDS):
    texts = [show(wrong, which, []) for which in range(9)]
for text in texts:
    print(text)


# ---- functions of every shape ----
def shapes(o):
    return [o.m(), o.m(1, 2), o.default(1), o.default(1, 3), list(o.generate(3)), o.closes(4), o.cls(5), o.static(6),
            o.made(7)]


for i in range(ROUNDS):
    result = shapes(Plain())
print(result)


# ---- calls in arguments, deeper than an exit can bind ----
class Deep(object):
    def __init__(self):
        self.calls = 0

    def add(self, a, b):
        self.calls += 1
        return a + b


def nested(o, x):
    return o.add(1, o.add(2, o.add(3, o.add(4, o.add(5, o.add(6, o.add(7, o.add(8, o.add(9, o.add(10, x))))))))))


deep = Deep()
for i in range(ROUNDS):
    nested(deep, i)
print(nested(deep, 1.5), nested(deep, 1 << 70), show(nested, deep, "x"), show(nested, deep, None), deep.calls)


# ---- exceptions in arguments: who is released when ----
class Dying(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)

    def take(self, *args):
        return len(args)


def fail(x):
    if x:
        raise ValueError(x)
    return Dying("argument")


def out(x):
    return Dying("receiver").take(Dying("first"), fail(x))


def caught(x):
    try:
        return Dying("receiver").take(Dying("first"), fail(x))
    except ValueError:
        log.append("caught")
    finally:
        log.append("finally")


for f in (out, caught):
    for i in range(ROUNDS):
        f(0)
    for x in (0, "one", 0, "two"):
        del log[:]
        print(show(f, x), log)
    for i in range(ROUNDS):
        show(f, i % 2)
    del log[:]
    print(show(f, 3), log)


# ---- references ----
def counts(o, seen):
    seen.append(sys.getrefcount(o))
    return o.refs(sys.getrefcount(o), seen)


class Counted(object):
    def refs(self, before, seen):
        seen.append(before)
        seen.append(sys.getrefcount(self))
        return sys.getrefcount(Counted.__dict__["refs"])


counted = Counted()
for i in range(ROUNDS):
    seen = []
    result = counts(counted, seen)
print(seen, result, sys.getrefcount(counted))


# ---- tracing and profiling begin in an argument ----
def begin(how, events):
    def trace(frame, event, arg):
        name = getattr(arg, "__name__", None)
        of = type(getattr(arg, "__self__", None)).__name__
        events.append((event, frame.f_code.co_name, name, of))
        return trace
    how(trace)
    return 1


def traced(o, how, events):
    o.append(begin(how, events))
    Plain().one(o.pop())
    how(None)


for i in range(ROUNDS):
    traced([], lambda f: None, [])
for how in (sys.setprofile, sys.settrace):
    events = []
    traced([], how, events)
    print([event for event in events if event[0] != "line"])
