# `*args` and `**kwargs` of hot functions, in all forms of calls: what is bound, shared, kept and released.
from __future__ import print_function
import functools
import gc
import sys

log = []


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)

    def __repr__(self):
        return 'Noisy(%s)' % self.name


def rest(a, *args):
    return a, args


def names(a, b=2, **kwargs):
    return a, b, sorted(kwargs.items())


def both(a, b=3, *args, **kwargs):
    return a, b, args, sorted(kwargs.items())


def nothing(*args, **kwargs):
    return len(args), len(kwargs)


def rebinds(*args, **kwargs):
    args = args + (1,)
    kwargs['own'] = len(args)
    return args, sorted(kwargs.items())


def keeps(*args, **kwargs):
    frame = sys._getframe()
    return frame, args, kwargs


def raises(*args, **kwargs):
    raise ValueError(args, sorted(kwargs))


def looks(*args, **kwargs):
    return sorted(locals()), sys._getframe(1).f_code.co_name, len(args)


def decorated(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapper


@decorated
def plain(a, b=5):
    return a * b


@decorated
@decorated
def twice(a, *more, **named):
    return a, more, sorted(named)


class Methods(object):
    def rest(self, *args):
        return args

    @decorated
    def wrapped(self, a, b=1):
        return a + b

    @classmethod
    def of_class(cls, *args, **kwargs):
        return cls.__name__, args, sorted(kwargs)

    def __call__(self, *args, **kwargs):
        return args, sorted(kwargs)

    def __init__(self, *args, **kwargs):
        self.made = args, sorted(kwargs)


def run(n):
    results = []
    methods = Methods(1, x=2)
    three, empty, given = (1, 2, 3), (), {'b': 7, 'z': 8}
    none = {}
    for i in range(n):
        results = [
            rest(i), rest(i, 1), rest(i, 1, 2), rest(*three),
            names(i), names(i, 3), names(i, b=4), names(i, c=5), names(a=i, d=1), names(i, **given),
            both(i), both(i, 1, 2, 3), both(i, x=1), both(i, 1, 2, y=3), both(*three, **given) if i < 0 else None,
            both(i, *three), both(i, **none), both(*empty, a=i, q=2), both(i, *empty, **given),
            nothing(), nothing(1), nothing(x=1), nothing(*three, **given), nothing(*empty, **none),
            rebinds(1, 2, k=3), looks(), looks(1, x=2),
            plain(2), plain(2, 3), plain(2, b=4), plain(a=3), twice(1, 2, x=3), twice(*three, **given),
            methods.rest(1, 2), methods.rest(), methods.wrapped(4), methods.wrapped(4, b=5),
            Methods.of_class(1, y=2), methods(1, 2, k=4), Methods(3, 4, r=5).made,
            list(map(nothing, three)), functools.partial(both, 1, z=2)(2, 3, w=4),
        ]
    return results


for line in run(300):
    print(line)


def errors(n):
    texts = set()
    for i in range(n):
        for wrong in (lambda: rest(), lambda: names(), lambda: names(1, 2, 3), lambda: names(1, a=2),
                      lambda: both(1, **{'a': 1}), lambda: both(**{'b': 1}), lambda: nothing(x=1, **{'x': 2}),
                      lambda: rest(*5), lambda: nothing(**5), lambda: raises(1, y=2)):
            try:
                wrong()
            except (TypeError, ValueError) as e:
                texts.add(str(e))
    return sorted(texts)


for text in errors(60):
    print(text)


# What lives how long.
def lifetimes(n):
    for i in range(n):
        del log[:]
        rest(0, Noisy('first'), Noisy('second'))
        log.append('called')
        nothing(Noisy('third'), x=Noisy('named'))
        log.append('called')
        nothing(*(Noisy('in tuple'),), **{'k': Noisy('in dict')})
        log.append('called')
        frame, args, kwargs = keeps(Noisy('kept'), y=Noisy('kept by name'))
        log.append('called')
        del args, kwargs
        log.append(sorted(frame.f_locals))
        del frame
    return log


print(lifetimes(60))

# The same dict and tuple are not what the function gets, or are, as ever.
shared = {'k': []}
items = ([],)


def same(*args, **kwargs):
    return args is items, kwargs is shared, args and args[0] is items[0], kwargs.get('k') is shared['k']


def check(n):
    for i in range(n):
        result = same(*items, **shared), same(1, *items), same(**shared)
    return result


print(check(300))


# The dict loses what the function still uses.
def loses(k=None, *args, **kwargs):
    shared_two.clear()
    gc.collect()
    return k, sorted(kwargs.items())


for i in range(60):
    shared_two = {'k': Noisy('k'), 'm': Noisy('m')}
    del log[:]
    result = loses(**shared_two)
print(result)
del result
print(log)


# Strange names.
class Name(str):
    def __eq__(self, other):
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def strange(n):
    for i in range(n):
        result = [names(1, **{''.join(['b']): 6}), names(1, **{''.join(['n', 'ew']): 6}), names(1, **{Name('b'): 9})]
    return result


print(strange(100))


# Recursion through wrappers.
@decorated
def countdown(n, *rest):
    return n if n == 0 else countdown(n - 1, *rest)


def recursion(n):
    for i in range(n):
        result = countdown(40, 1, 2)
    try:
        countdown(10 ** 6)
    except RuntimeError as e:
        return result, type(e).__name__


print(recursion(30))
