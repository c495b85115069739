# sys.exc_info() before, in and after handlers, finally bodies, with blocks and calls; it is restored at the end.
from __future__ import print_function
import sys


def now():
    kind, value, tb = sys.exc_info()
    return kind and (kind.__name__, value.args, tb is not None)


class Watch(object):
    def __init__(self, log, answer):
        self.log, self.answer = log, answer

    def __enter__(self):
        self.log.append(('enter', now()))

    def __exit__(self, kind, value, tb):
        self.log.append(('exit', now(), kind and kind.__name__, value and value.args))
        return self.answer


def inner(log):
    log.append(('called', now()))
    try:
        raise IndexError('inner')
    except IndexError:
        log.append(('caught', now()))
    log.append(('inner done', now()))


def points(log):
    log.append(('start', now()))
    try:
        raise KeyError(1)
    except KeyError:
        log.append(('handler', now()))
        inner(log)
        log.append(('after inner', now()))
        try:
            raise ValueError(2)
        except ValueError:
            log.append(('nested', now()))
        log.append(('after nested', now()))
        try:
            log.append(('finally body', now()))
        finally:
            log.append(('finally', now()))
    log.append(('after', now()))
    with Watch(log, True):
        raise TypeError(3)
    log.append(('swallowed', now()))
    for i in range(2):
        try:
            try:
                raise LookupError(i)
            finally:
                log.append(('unwinding', i, now()))
        except LookupError:
            log.append(('outer', i, now()))
            continue
    log.append(('looped', now()))
    try:
        with Watch(log, False):
            raise OSError(4)
    except OSError:
        log.append(('not swallowed', now()))
    return now()


def within(function, log):
    try:
        raise RuntimeError('caller')
    except RuntimeError:
        result = function(log)
        log.append(('back', now()))
    log.append(('end', now()))
    return result


def returns(log):
    for i in range(3):
        try:
            raise KeyError(i)
        except KeyError:
            if i == 2:
                return now()


def breaks(log):
    while 1:
        try:
            raise KeyError('b')
        except KeyError:
            break
    log.append(now())
    return now()


def reraises(log):
    try:
        try:
            raise KeyError('first')
        except KeyError:
            try:
                raise ValueError('second')
            except ValueError:
                pass
            log.append(now())
            raise
    except Exception as e:
        log.append((type(e).__name__, e.args, now()))
    return now()


for turn in range(5):
    for function in (points, returns, breaks, reraises):
        for caller in (lambda f, log: f(log), within):
            log = []
            result = caller(function, log)
            if turn in (0, 1, 4):
                print(function.__name__, result)
                for line in log:
                    print('   ', line)
    print(now())
for _ in range(3000):
    points([])
    within(reraises, [])
print(now())
