# versions: 2.7
# raise with values and tracebacks, old-style classes, sys.exc_clear, exceptions that outlive their handler.
import sys


class Classic:
    def __init__(self, *args):
        self.args = args


class Sub(Classic):
    pass


def depth():
    tb, count = sys.exc_info()[2], 0
    while tb is not None:
        tb, count = tb.tb_next, count + 1
    return count


def forms(i):
    try:
        if i == 0:
            raise ValueError, 'text'
        if i == 1:
            raise ValueError, (1, 2)
        if i == 2:
            raise ValueError, None
        if i == 3:
            raise Classic, (1, 2)
        if i == 4:
            raise Sub()
        if i == 5:
            raise ValueError(3), 'no'
        if i == 6:
            raise ValueError, ValueError(5)
        if i == 7:
            raise KeyError, 'x', 'no traceback'
        if i == 8:
            raise KeyError, 'x', None
        if i == 9:
            raise 'string'
        if i == 10:
            raise Sub, Sub(7)
    except ValueError as e:
        return 'ValueError', e.args, depth()
    except Classic as e:
        return e.__class__.__name__, e.args, depth()
    except TypeError as e:
        return 'TypeError', str(e), depth()
    except:
        return sys.exc_info()[0], str(sys.exc_info()[1]), depth()


def deeper():
    {}['deeper']


def with_traceback(n):
    depths = []
    for i in range(n):
        try:
            try:
                deeper()
            except KeyError:
                kind, value, tb = sys.exc_info()
            try:
                raise ValueError, value, tb
            except ValueError:
                depths.append(depth())
                raise kind, value, tb
        except KeyError:
            depths.append(depth())
    return depths


def bare_after():
    try:
        raise KeyError('old')
    except KeyError:
        pass
    try:
        raise
    except KeyError as e:
        return 'again', e.args, depth()


def cleared():
    try:
        raise KeyError('x')
    except KeyError:
        before = sys.exc_info()[0]
        sys.exc_clear()
        after = sys.exc_info()
    try:
        raise
    except TypeError as e:
        return before, after, str(e)


def stays():
    try:
        raise KeyError('s')
    except KeyError:
        pass
    return sys.exc_info()[0], sys.exc_type


def not_normalised():
    kinds = []
    for i in range(2):
        try:
            try:
                int('x') if i else open('/nonexistent/file')
            finally:
                kinds.append(sys.exc_info()[0])
        except (ValueError, IOError) as e:
            kinds.append(type(e).__name__)
    return kinds


class Manager(object):
    def __enter__(self):
        pass

    def __exit__(self, kind, value, tb):
        self.seen = kind.__name__, type(value), getattr(value, 'args', None)
        return kind is Classic


def managed(i):
    m = Manager()
    try:
        with m:
            if i == 0:
                int('x')
            if i == 1:
                raise Classic
            if i == 2:
                raise ValueError, 'v'
    except ValueError:
        return 'out', m.seen
    return 'swallowed', m.seen


for turn in range(4):
    for i in range(11):
        print forms(i)
    print with_traceback(2), bare_after(), cleared(), stays(), not_normalised()
    print [managed(i) for i in range(3)], sys.exc_info()
for _ in range(3000):
    for i in range(11):
        forms(i)
    with_traceback(1), bare_after(), cleared(), stays()
print with_traceback(2), bare_after(), cleared(), stays(), forms(3)
