# versions: 2.7
# import * in functions: locals of the same names, new names, loops, errors.
import sys
import types
import warnings

warnings.simplefilter('ignore', SyntaxWarning)
star = types.ModuleType('star')
star.a, star.i, star._p = 1, 'i', 'private'
sys.modules['star'] = star

exec '''
def local(a):
    before = a
    from star import *
    return before, a, i, sorted(locals())


def looping(n):
    total = 0
    a = 0
    for i in xrange(n):
        total += a
        from star import *
        total += len(i)
        i = 3
        a += 1
    return total, a, i


def failing():
    a = 5
    try:
        from broken_star import *
    except AttributeError:
        return a, sorted(locals())


def numbers(n):
    a = 0.5
    for k in xrange(n):
        a = a + 1.0
        if k == n // 2:
            from star import *
    return a
'''


class Broken(object):
    __all__ = ['a', 'gone']
    a = 7


sys.modules['broken_star'] = Broken()
for turn in range(4):
    print local(object)[1:]
    print looping(5), failing(), numbers(10)
print looping(20000), numbers(20000)
