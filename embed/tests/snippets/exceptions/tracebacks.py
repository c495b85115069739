# Tracebacks: entries, line numbers and f_lasti of what is raised, caught, raised again and replaced.
from __future__ import print_function
import sys
import traceback


def entries():
    tb = sys.exc_info()[2]
    found = []
    while tb is not None:
        found.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, tb.tb_lasti))
        tb = tb.tb_next
    return found


def fail(how):
    if how == 'call':
        return len(5)
    if how == 'index':
        return [][1]
    if how == 'key':
        return {}['x']
    if how == 'add':
        return 1 + 'x'
    if how == 'attribute':
        return how.nothing
    if how == 'name':
        return nothing
    if how == 'unpack':
        a, b = [1]
    if how == 'iterate':
        for x in 5:
            pass
    raise ValueError(how)


HOW = ['call', 'index', 'key', 'add', 'attribute', 'name', 'unpack', 'iterate', 'raise']


def direct(how):
    try:
        fail(how)
    except Exception:
        return entries()


def same_frame(i):
    try:
        if i == 0:
            {}[i]
        elif i == 1:
            (i +
             'x')
        elif i == 2:
            len(
                i)
        elif i == 3:
            raise KeyError(
                i)
        elif i == 4:
            i.x = i
        else:
            del nothing
    except Exception:
        return entries()


def again(how):
    try:
        try:
            try:
                fail(how)
            except KeyError:
                raise
            except Exception as e:
                raise e
        finally:
            how = entries()
    except Exception:
        return how, entries()


def again_finally(how):
    try:
        try:
            fail(how)
        finally:
            pass
    except Exception:
        return entries()


class Pass(object):
    def __enter__(self):
        pass

    def __exit__(self, *args):
        return None


def again_with(how):
    try:
        with Pass():
            fail(how)
    except Exception:
        return entries()


def through(how, n):
    try:
        if n == 0:
            fail(how)
        through(how, n - 1)
    finally:
        n = 7


def looped():
    seen = []
    for i in range(6):
        try:
            try:
                fail(HOW[i])
            except (TypeError, KeyError):
                raise
        except Exception:
            seen.append(len(entries()))
    return seen


def formatted(how):
    try:
        through(how, 2)
    except Exception:
        return ''.join(line.split(', line')[-1] for line in traceback.format_exc().splitlines(True))


for turn in range(4):
    for how in HOW:
        print(how, direct(how), again(how), again_finally(how), again_with(how))
    for i in range(6):
        print(i, same_frame(i))
    print(looped())
    print(formatted('key'))
for _ in range(3000):
    looped()
    again('key')
    again('call')
print(again('key'), again('call'), looped())


def uncaught():
    try:
        try:
            fail('key')
        finally:
            sys.stdout.flush()
    except IndexError:
        pass


try:
    for i in range(100):
        try:
            uncaught()
        except KeyError:
            if i == 99:
                raise
finally:
    print('leaving')
