# versions: 3.4, 3.5
# raise from, implicit context in handlers, finally and with, suppressed context, del of the name, tracebacks of exceptions.
import sys


def chain(e):
    found = []
    while e is not None:
        depth, tb = 0, e.__traceback__
        while tb is not None:
            depth, tb = depth + 1, tb.tb_next
        found.append((type(e).__name__, e.args, depth, type(e.__cause__).__name__, e.__suppress_context__))
        e = e.__context__
    return found


def from_forms(i):
    try:
        try:
            raise KeyError('k')
        except KeyError as k:
            if i == 0:
                raise ValueError('v') from k
            if i == 1:
                raise ValueError('v') from None
            if i == 2:
                raise ValueError('v')
            if i == 3:
                raise ValueError from IndexError
            if i == 4:
                raise ValueError('v') from 5
            if i == 5:
                raise
            if i == 6:
                raise k
            if i == 7:
                nothing
    except Exception as e:
        return chain(e)


def in_finally(i):
    try:
        try:
            if i:
                raise KeyError(i)
        finally:
            try:
                raise ValueError('f')
            finally:
                {}['g']
    except Exception as e:
        return chain(e)


class Manager:
    def __init__(self, how):
        self.how = how

    def __enter__(self):
        if self.how == 'enter':
            raise OSError('enter')

    def __exit__(self, kind, value, tb):
        if self.how == 'exit':
            raise OSError('exit')
        if self.how == 'same':
            raise value
        return self.how


class BadTruth:
    def __bool__(self):
        raise ZeroDivisionError('truth')


def managed(how, raises):
    try:
        with Manager(how):
            if raises:
                raise KeyError('body')
    except Exception as e:
        return chain(e)
    return 'through', sys.exc_info()


def name_is_deleted():
    e = 1
    try:
        raise KeyError
    except KeyError as e:
        pass
    try:
        return e
    except NameError as n:
        return type(n).__name__


def name_is_deleted_on_return():
    try:
        raise KeyError('r')
    except KeyError as e:
        return e.args


def name_is_deleted_on_break():
    for i in range(3):
        try:
            raise KeyError(i)
        except KeyError as e:
            if i == 1:
                break
    return i, 'e' in locals()


def loop_in_handler(n):
    total = 0
    try:
        raise KeyError(n)
    except KeyError as e:
        for i in range(n):
            try:
                if i % 3 == 0:
                    raise ValueError(i)
                total += i
            except ValueError as v:
                total += v.args[0] * 2
                assert v.__context__ is e
        return total, sys.exc_info()[1] is e


for turn in range(4):
    for i in range(8):
        print(i, from_forms(i))
    print(in_finally(0), in_finally(1))
    for how in (None, True, 0, [], [1], 'enter', 'exit', 'same', BadTruth()):
        print(managed(how, True), managed(how, False))
    print(name_is_deleted(), name_is_deleted_on_return(), name_is_deleted_on_break(), loop_in_handler(10))
    print(sys.exc_info())
for _ in range(2000):
    for i in range(8):
        from_forms(i)
    managed(True, True), managed('exit', True), managed(None, False)
    name_is_deleted_on_break()
print(from_forms(0), managed('exit', True), loop_in_handler(30000), sys.exc_info())
