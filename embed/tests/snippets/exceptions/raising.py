# All forms of raise, what happens to what cannot be raised, and handlers of the same frame.
from __future__ import print_function
import sys


class Odd(Exception):
    def __new__(cls, *args):
        if args == ('not',):
            return 5
        return Exception.__new__(cls, *args)


class Fails(Exception):
    def __init__(self, *args):
        raise LookupError('init')


class Classic:
    pass


def raising(what):
    try:
        raise what
    except ValueError as e:
        return 'ValueError', e.args
    except LookupError as e:
        return 'LookupError', e.args
    except TypeError as e:
        return 'TypeError', str(e)
    except BaseException as e:
        return type(e).__name__, e.args
    except:
        return 'other', sys.exc_info()[0].__name__


def nothing_active():
    try:
        raise
    except (TypeError, RuntimeError) as e:
        return type(e).__name__, str(e)


def bare(kind):
    try:
        try:
            raise kind('x')
        except Exception:
            raise
    except kind as e:
        return e.args


def matching(handlers):
    try:
        try:
            raise KeyError('k')
        except handlers:
            return 'matched'
        except LookupError:
            return 'went on'
    except TypeError as e:
        return str(e)


def own_context(n):
    names = []
    for i in range(n):
        try:
            try:
                raise KeyError(i)
            except KeyError:
                raise ValueError(i)
        except ValueError as e:
            names.append(type(getattr(e, '__context__', e)).__name__)
    return names


def rethrown_elsewhere():
    try:
        raise KeyError('kept')
    except KeyError as e:
        kept = e
    try:
        raise kept
    except LookupError as e:
        return e is kept, e.args


WHAT = [ValueError, ValueError(1), LookupError('l'), KeyError, None, 5, 'text', (), [], object, Odd, Odd(2), Fails,
        KeyboardInterrupt, StopIteration, GeneratorExit(3)]
if sys.version_info < (3,):
    WHAT += [(ValueError, 1), ((KeyError,), 2)]
for turn in range(4):
    for what in WHAT:
        print(raising(what))
    print(bare(ValueError), bare(KeyError), bare(Odd))
    for handlers in (KeyError, (ValueError, KeyError), (), (((LookupError,),),), Exception, ValueError, (ValueError,)):
        print(matching(handlers))
    print(own_context(3), rethrown_elsewhere())
    if sys.version_info > (3,):
        print(nothing_active())
for _ in range(3000):
    raising(ValueError)
    raising(5)
    bare(KeyError)
    own_context(2)
print(raising(KeyError), bare(Odd), matching(Exception), own_context(2))
