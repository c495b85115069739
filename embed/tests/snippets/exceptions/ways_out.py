# return, break and continue through nested finally bodies and with blocks, with and without exceptions.
from __future__ import print_function
import sys


class Manager(object):
    def __init__(self, log, name, answer=None):
        self.log, self.name, self.answer = log, name, answer

    def __enter__(self):
        self.log.append('+' + self.name)
        return self.name

    def __exit__(self, kind, value, tb):
        self.log.append('-%s:%s' % (self.name, kind and kind.__name__))
        return self.answer


def finally_ways(how, log):
    for i in range(4):
        log.append(i)
        try:
            if how == 'break':
                break
            if how == 'continue':
                continue
            if how == 'return':
                return 'returned', i
            if how == 'raise':
                raise ValueError(how)
            log.append('body')
        finally:
            log.append('finally')
        log.append('after')
    else:
        log.append('else')
    return 'end'


def nested_finally(how, log):
    for i in range(3):
        try:
            try:
                for j in range(3):
                    try:
                        if how == 'break' and j == 1:
                            break
                        if how == 'continue' and j == 1:
                            continue
                        if how == 'return' and j == 1:
                            return i, j
                        if how == 'raise' and j == 1:
                            raise KeyError(i, j)
                        log.append((i, j))
                    finally:
                        log.append('inner')
                if how == 'outer break':
                    break
                if how == 'outer continue':
                    continue
            finally:
                log.append('middle')
        finally:
            log.append('outer')
    return 'end'


def overriding(how, log):
    for i in range(3):
        try:
            try:
                if how == 'return':
                    return 'lost'
                if how == 'raise':
                    raise ValueError('lost')
                if how == 'continue':
                    continue
            finally:
                log.append('body')
                if i == 1:
                    break
        finally:
            log.append('outer')
    else:
        return 'exhausted'
    try:
        return 'first'
    finally:
        return 'second', i


def with_ways(how, log, answer):
    for i in range(3):
        with Manager(log, 'a', answer) as a, Manager(log, 'b') as b:
            if how == 'break':
                break
            if how == 'continue':
                continue
            if how == 'return':
                return a, b, i
            if how == 'raise':
                raise LookupError(i)
            log.append('body')
        log.append('after')
    return 'end'


def mixed(how, log):
    while True:
        with Manager(log, 'm', True):
            try:
                for x in 'ab':
                    try:
                        if how == 'return':
                            return x
                        if how == 'raise':
                            raise KeyError(x)
                        if how == 'break':
                            break
                    except KeyError as e:
                        log.append(repr(e.args))
                        if x == 'b':
                            raise
                        continue
                    else:
                        log.append('else ' + x)
                    finally:
                        log.append('finally ' + x)
            finally:
                log.append('done')
        return 'end'


def returns_in_handlers(log):
    for i in range(4):
        try:
            if i % 2:
                raise ValueError(i)
        except ValueError as e:
            try:
                if i == 3:
                    return 'handler', e.args, i
            finally:
                log.append(('in handler', sys.exc_info()[0] is ValueError))
        finally:
            log.append('finally %d' % i)


def run(function, *args):
    log = []
    try:
        result = function(*(args[:1] + (log,) + args[1:]))
    except Exception as e:
        result = type(e).__name__, e.args
    return result, log


WAYS = ['fall', 'break', 'continue', 'return', 'raise', 'outer break', 'outer continue']
for turn in range(4):
    for how in WAYS:
        print(how)
        for function in (finally_ways, nested_finally, overriding, mixed):
            print('   ', function.__name__, *run(function, how))
        for answer in (None, True):
            print('    with', answer, *run(with_ways, how, answer))
    log = []
    print(returns_in_handlers(log), log)
for _ in range(3000):
    for how in WAYS[:5]:
        run(finally_ways, how)
        run(with_ways, how, True)
print(run(finally_ways, 'raise'), run(with_ways, 'raise', True))
