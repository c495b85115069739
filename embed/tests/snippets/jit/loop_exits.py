# while/else, for/else, break and continue inside try, finally and with.
from __future__ import print_function


class Manager(object):
    def __init__(self, log, swallow=False):
        self.log = log
        self.swallow = swallow
    def __enter__(self):
        self.log[0] += 1
        return self
    def __exit__(self, kind, value, tb):
        self.log[1] += 1
        if kind is not None:
            self.log[2] += 1
        return self.swallow


def elses(n):
    out = [0, 0, 0, 0]
    for i in range(n):
        for j in range(i % 5):
            if j == 3:
                break
        else:
            out[0] += 1
        k = 0
        while k < i % 4:
            k += 1
            if k == 2:
                continue
            if k == 3:
                break
        else:
            out[1] += 1
        try:
            if i % 7 == 0:
                continue
            if i % 11 == 10 and i > n - 12:
                break
        finally:
            out[2] += 1
        out[3] += 1
    else:
        out.append('never broken')
    return out


def withs(n):
    log = [0, 0, 0]
    total = 0
    for i in range(n):
        with Manager(log):
            if i % 3 == 0:
                continue
            if i == n - 5:
                break
            total += i
        with Manager(log, True):
            if i % 5 == 0:
                raise ValueError(i)
            total += 1
    return log, total, i


def finally_overrides(n):
    out = []
    for i in range(n):
        def f(x):
            for j in range(3):
                try:
                    if x % 2:
                        return 'try'
                    raise KeyError(x)
                except KeyError:
                    if x % 4 == 2:
                        break
                finally:
                    if x % 3 == 0:
                        return 'finally'
            return 'end'
        out.append(f(i))
    return [out.count(x) for x in ('try', 'finally', 'end')]


def nested_finally(n):
    trace = []
    i = 0
    while True:
        try:
            try:
                i += 1
                if i % 2:
                    continue
                if i > n:
                    break
            finally:
                try:
                    if i % 1000 == 0:
                        trace.append(i)
                finally:
                    i += 0
        finally:
            if i > n:
                trace.append('out')
    return trace, i


def return_from_loops(n):
    for i in range(n):
        for j in range(n):
            try:
                if i * n + j == 5000:
                    return i, j
            finally:
                pass


def loop_in_handler(n):
    total = 0
    try:
        raise ValueError('outer')
    except ValueError as e:
        for i in range(n):
            total += i
            try:
                if i % 10 == 0:
                    raise KeyError(i)
            except KeyError as k:
                total += 1
        total = (total, str(e))
    return total


def loop_in_finally(n):
    total = 0
    try:
        try:
            raise ValueError('passes')
        finally:
            for i in range(n):
                total += i
                if i % 2:
                    continue
                total -= 1
    except ValueError as e:
        return total, str(e)


def loop_in_finally_on_return(n):
    total = [0]
    def f():
        try:
            return total[0]
        finally:
            for i in range(n):
                total[0] += i
    return f(), total


print(elses(5000), elses(7))
print(withs(5000))
print(finally_overrides(3000))
print(nested_finally(5000))
print(return_from_loops(100))
print(loop_in_handler(5000))
print(loop_in_finally(5000))
print(loop_in_finally_on_return(5000))
for k in range(500):
    r = elses(10), withs(10), finally_overrides(6), nested_finally(8), loop_in_handler(11), loop_in_finally(3), loop_in_finally_on_return(4)
print(r)
