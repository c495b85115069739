# Generators that yield in try, handlers, finally and with, get exceptions thrown in, and are closed.
from __future__ import print_function
import sys


def now():
    return sys.exc_info()[0] and sys.exc_info()[0].__name__


def handler(log):
    for i in range(3):
        try:
            if i != 1:
                raise KeyError(i)
            yield 'body', now()
        except KeyError:
            yield 'handler', now()
            log.append(now())
        finally:
            yield 'finally', now()
    yield 'end', now()


def nested(log):
    try:
        try:
            got = yield 1
            log.append(got)
            raise ValueError('v')
        except ValueError:
            got = yield 2, now()
            log.append(got)
            try:
                raise IndexError('i')
            except IndexError:
                got = yield 3, now()
                log.append((got, now()))
            log.append(now())
        yield 4, now()
    finally:
        log.append(('finally', now()))


def looping(log):
    while True:
        try:
            x = yield now()
            if x == 'stop':
                break
            log.append(x)
        except ValueError as e:
            log.append(e.args)
            continue
        finally:
            log.append('f')


class Manager(object):
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        self.log.append(kind and kind.__name__)
        return kind is ValueError


def managed(log):
    for i in range(3):
        with Manager(log):
            yield i
            if i == 1:
                raise ValueError
    yield now()


def in_handler_of_caller(function):
    log = []
    try:
        raise RuntimeError
    except RuntimeError:
        steps = [(x, now()) for x in function(log)]
        steps.append(now())
    return steps, log


def alternating():
    log = []
    one, two = handler(log), handler(log)
    out = []
    for a in one:
        try:
            raise OSError
        except OSError:
            b = next(two)
            out.append((a, b, now()))
        out.append(now() if sys.version_info > (3,) else '')
    return out, log


def thrown():
    log = []
    out = []
    for when in range(4):
        generator = nested(log)
        try:
            for step in range(4):
                out.append(next(generator))
                if step == when:
                    out.append(generator.throw(LookupError('thrown')))
        except Exception as e:
            out.append((type(e).__name__, e.args, getattr(e, '__context__', None).__class__.__name__))
        generator = nested(log)
        for step in range(when):
            next(generator)
        generator.close()
    generator = looping(log)
    next(generator)
    for x in 'ab':
        out.append(generator.send(x))
        out.append(generator.throw(ValueError(x)))
    try:
        generator.send('stop')
    except StopIteration:
        out.append('stopped')
    return out, log


def consumed():
    generator = iter([1, 2, 3])
    total = 0
    while 1:
        try:
            total += next(generator)
        except StopIteration:
            return total


for turn in range(4):
    log = []
    print(list(handler(log)), log)
    log = []
    print(list(managed(log)), log)
    print(in_handler_of_caller(handler))
    print(in_handler_of_caller(managed))
    print(alternating())
    print(thrown())
    print(consumed(), now())
for _ in range(1000):
    list(handler([]))
    list(managed([]))
    alternating()
    thrown()
    consumed()
print(thrown(), alternating(), now())
