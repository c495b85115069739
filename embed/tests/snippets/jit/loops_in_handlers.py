# Hot loops inside except and finally bodies, and generators that yield there.
from __future__ import print_function
import sys


def in_except(n):
    try:
        raise KeyError('first')
    except KeyError:
        total = 0
        i = 0
        while i < n:
            i += 1
            total += i * 0.5
            if i % 1000 == 0 and sys.exc_info()[0] is not KeyError:
                total = -1
        for j in range(n):
            try:
                if j % 4 == 0:
                    raise ValueError(j)
                if j % 4 == 1:
                    continue
                total += j
            except ValueError:
                total -= 1
        if sys.exc_info()[0] is None:
            total = 'lost'
        for j in range(n):
            if j == n - 1:
                return total
    return 'never'


def reraised_after_loop(n):
    try:
        try:
            raise KeyError('first')
        except KeyError:
            for i in range(n):
                x = i * 2
            raise
    except KeyError as e:
        return str(e), x


def in_finally(n, how):
    out = []
    def inner():
        for k in range(2):
            try:
                if how == 'return':
                    return 'returned'
                if how == 'break':
                    break
                if how == 'continue':
                    continue
                if how == 'raise':
                    raise ValueError('raised')
            finally:
                s = 0
                for i in range(n):
                    s += i
                    if i == n - 2:
                        break
                while s > 10:
                    s //= 2
                out.append(s)
        return 'end'
    try:
        return inner(), out
    except ValueError as e:
        return str(e), out


def in_with(n):
    class W(object):
        def __enter__(self):
            return self
        def __exit__(self, *args):
            s = 0
            for i in range(n):
                s += i
            results.append((s, args[0] and args[0].__name__))
            return True
    results = []
    for k in range(4):
        with W() as w:
            for i in range(n):
                if i == n - 1 and k % 2:
                    raise KeyError(i)
            if k == 2:
                break
    return results, i, k


def generator(n):
    try:
        raise KeyError('inside')
    except KeyError:
        for i in range(n):
            yield i
            if i % 1000 == 0:
                yield sys.exc_info()[0] is KeyError
    finally:
        for i in range(3):
            yield 'finally', i


def handler_in_loop_in_handler(n):
    depth = []
    for a in range(3):
        try:
            raise KeyError(a)
        except KeyError:
            for b in range(n):
                try:
                    [][b]
                except IndexError:
                    for c in range(2):
                        try:
                            None.x
                        except AttributeError:
                            if b == n - 1:
                                depth.append((a, b, c, sys.exc_info()[0].__name__))
            depth.append(sys.exc_info()[0].__name__)
    return depth


print(in_except(5000), reraised_after_loop(5000))
for how in ('return', 'break', 'continue', 'raise', None):
    print(in_finally(5000, how))
print(in_with(5000))
print([x for x in generator(3000) if not isinstance(x, int)], sum(x for x in generator(5000) if type(x) is int))
print(handler_in_loop_in_handler(1000))
try:
    raise ValueError('module')
except ValueError:
    for i in range(5000):
        if i % 2500 == 0:
            print(sys.exc_info()[0].__name__)
for k in range(550):
    r = in_except(5), reraised_after_loop(2), in_finally(3, 'return'), in_finally(3, 'raise'), in_with(3), handler_in_loop_in_handler(2)
print(r)
