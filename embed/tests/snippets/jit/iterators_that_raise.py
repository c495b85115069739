# Iterators of all kinds, exhausted early, raising in the middle, changed while in use.
from __future__ import print_function
import io


class Custom(object):
    def __init__(self, n, what):
        self.i = 0
        self.n = n
        self.what = what
    def __iter__(self):
        return self
    def __next__(self):
        self.i += 1
        if self.i >= self.n:
            raise self.what
        return self.i
    next = __next__


def consume(it):
    count = 0
    total = 0
    last = None
    try:
        for x in it:
            count += 1
            last = x
            if type(x) in (int, float):
                total += x
    except Exception as e:
        return count, total, repr(last), type(e).__name__, str(e)
    return count, total, repr(last)


def generator(n):
    for i in range(n):
        yield i
    raise KeyError('gen')


def getitem_only(n):
    class G(object):
        def __getitem__(self, i):
            if i == n:
                raise IndexError
            return i * 2
    return G()


def grown_dict(n):
    d = dict.fromkeys(range(n))
    count = 0
    try:
        for k in d:
            count += 1
            if count == n // 2:
                d[-1] = 0
    except RuntimeError as e:
        return count, str(e).lower()
    return count


def grown_set(n):
    d = set(range(n))
    count = 0
    try:
        for k in d:
            count += 1
            if count == n // 2:
                d.discard(k)
    except RuntimeError as e:
        return count, str(e).lower()
    return count


def not_iterable(values):
    errors = []
    for v in values:
        try:
            for x in v:
                pass
        except TypeError as e:
            errors.append(str(e))
    return errors


def kinds(n):
    out = []
    for thing in ([1, 2], (3, 4), 'ab', {5: 6}, set([7]), iter([8, 9]), range(3), generator(0), Custom(3, StopIteration()), enumerate('xy'), zip([1], [2])) * n:
        s = []
        try:
            for x in thing:
                s.append(x)
        except KeyError as e:
            s.append('KeyError')
        out.append(s)
    return out[:11], out[-11:]


print(consume(Custom(5000, StopIteration())), consume(Custom(5000, ValueError('v'))), consume(Custom(5000, IndexError('i'))))
print(consume(generator(5000)), consume(getitem_only(5000)))
print(consume([1, 2.5, 'x'] * 2000), consume((1, 2) * 3000), consume('abc' * 2000))
print(consume(dict.fromkeys(range(5000))), consume(set(range(5000))), consume(frozenset(range(5000))))
print(consume(io.StringIO(u'line\n' * 5000))[:2])
print(consume(enumerate(range(5000))), consume(zip(range(5000), range(5000)))[:1], consume(reversed(range(5000))))
print(consume(iter([3, 2, 1, 0][:].pop, 0)), consume(iter(lambda: 5, 5)), consume(map(float, ['1.5'] * 5000 + ['x']) if str is not bytes else Custom(2, ValueError())))
print(grown_dict(5000), grown_set(5000))
print(not_iterable([[1]] * 5000 + [5, None, 2.5, [2], generator]))
print(kinds(400))
with open(__file__) as f:
    print(consume(f)[0] > 50)


def stop_iteration_from_body(n):
    it = iter(range(n))
    count = 0
    try:
        for x in range(n * 2):
            next(it)
            count += 1
    except StopIteration as e:
        return count, x, repr(e)


print(stop_iteration_from_body(5000))
