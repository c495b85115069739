# Exceptions in loop bodies: else, finally, re-raise, nested handlers, sys.exc_info, own classes.
from __future__ import print_function
import sys


class Own(Exception):
    def __init__(self, value):
        Exception.__init__(self, value)
        self.value = value


class Other(Own):
    pass


def ladder(n):
    counts = dict.fromkeys(('own', 'other', 'key', 'type', 'else', 'finally'), 0)
    total = 0
    for i in range(n):
        try:
            if i % 5 == 0:
                raise Own(i)
            if i % 5 == 1:
                raise Other(i * 0.5)
            if i % 5 == 2:
                {}[i]
            if i % 5 == 3:
                i + 'x'
        except Other as e:
            counts['other'] += 1
            total += e.value
        except Own as e:
            counts['own'] += 1
            total += e.value
        except KeyError as e:
            counts['key'] += e.args[0] == i
        except (TypeError, IndexError):
            counts['type'] += 1
        else:
            counts['else'] += 1
        finally:
            counts['finally'] += 1
    return total, sorted(counts.items())


def reraise(n):
    depths = {}
    for i in range(n):
        try:
            try:
                try:
                    raise Own(i)
                except Own:
                    if i % 2:
                        raise
                    raise Other(i)
            finally:
                i = -i
        except Own as e:
            tb = sys.exc_info()[2]
            depth = 0
            while tb is not None:
                depth += 1
                tb = tb.tb_next
            key = type(e).__name__, depth, e.value == -i
            depths[key] = depths.get(key, 0) + 1
            del tb
    return sorted(depths.items())


def info(n):
    kinds = []
    for i in range(n):
        try:
            raise Own(i)
        except Own:
            inside = sys.exc_info()[1].value
            try:
                raise KeyError(i)
            except KeyError:
                deeper = sys.exc_info()[0].__name__
            after = sys.exc_info()[0]
            helper()
            last = sys.exc_info()[0]
        if i % 1000 == 0:
            kinds.append((inside, deeper, after.__name__, last.__name__))
    return kinds


def helper():
    try:
        raise IndexError
    except IndexError:
        pass


def none_outside():
    helper()
    return sys.exc_info()[0]


def suppressed(n):
    class Swallow(object):
        def __enter__(self):
            return 5
        def __exit__(self, kind, value, tb):
            seen.append(kind and kind.__name__)
            return kind is Own
    seen = []
    escaped = 0
    total = 0
    for i in range(n):
        try:
            with Swallow() as s, Swallow():
                total += s
                if i % 3 == 0:
                    raise Own(i)
                if i % 3 == 1:
                    raise Other(i)
        except Other:
            escaped += 1
    return escaped, total, len(seen), [seen.count(x) for x in (None, 'Own', 'Other')]


def deep(n, k):
    if k == 0:
        raise Own(n)
    try:
        return deep(n, k - 1)
    except KeyError:
        return 'never'
    finally:
        unwound[0] += 1


unwound = [0]


def deeps(n):
    caught = 0
    for i in range(n):
        try:
            deep(i, 5)
        except Own as e:
            caught += e.value
    return caught, unwound[0]


def assertion(n):
    bad = 0
    for i in range(n):
        try:
            assert i % 10, 'ten %d' % i
        except AssertionError as e:
            bad += len(str(e))
    return bad


def bad_raise(n):
    errors = set()
    for i in range(n):
        try:
            raise 'text'
        except TypeError as e:
            errors.add(str(e))
        try:
            try:
                raise Own(1)
            except 5:
                pass
        except (TypeError, Own) as e:
            errors.add(type(e).__name__)
    return sorted(errors)


print(ladder(5000))
print(reraise(3000))
print(info(3001), none_outside())
print(suppressed(3000), deeps(2000), assertion(3000), bad_raise(600))


def unwinding_stack(n):
    """Operands that are on the stack when an exception passes."""
    class D(object):
        alive = 0
        def __init__(self):
            D.alive += 1
        def __del__(self):
            D.alive -= 1
        def __add__(self, o):
            raise Own(o)
    highest = 0
    for i in range(n):
        try:
            [D(), D(), (D(), D() + i)]
        except Own as e:
            e = None
        if hasattr(sys, 'exc_clear'):
            sys.exc_clear()
        highest = max(highest, D.alive)
    return highest


print(unwinding_stack(3000))


def flow(n):
    i = 0
    while True:
        try:
            i += 1
            if i < n:
                continue
            raise StopIteration
        except StopIteration:
            break
        finally:
            i += 1
    return i


print(flow(5001), [flow(k) for k in range(0, 600)][-1])
