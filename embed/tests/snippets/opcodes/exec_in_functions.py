# versions: 2.7
# exec in functions, with and without namespaces: what locals are afterwards, errors, files, flags.
from __future__ import division
import os
import sys
import tempfile


def plain(n):
    total = 0
    for i in range(n):
        exec 'total = total + i\nfresh = total * 2'
    return total, fresh, i, sorted(locals())


def rebinds(x, y=1):
    exec 'x = x * 2'
    before = x
    exec 'x = "text"; y = None; del y'
    return before, x, y, sorted(locals())


def loop_variable(n):
    seen = []
    for i in range(n):
        for j in range(3):
            exec 'i = i + 10'
            seen.append(i)
            exec 'j = [j]'
            seen.append(j)
    return seen


def into(n):
    d = {}
    total = 0
    for i in range(n):
        exec 'value = i * 2' in d, {'i': i}
        exec 'x = %d' % i in d
        exec ('y = x + 1', d)
        total += d['y']
    return total, sorted(k for k in d if k != '__builtins__'), i


def tuples():
    x = 5
    exec ('x = 6',)[0]
    d, e = {}, {}
    exec ('a = 1', d, e)
    exec ('b = 2', d)
    return x, sorted(e), 'b' in d


def unicode_and_code(n):
    code = compile('x = x + 1', '<code>', 'exec')
    x = 0
    for i in range(n):
        exec code
        exec u'u = u"\xe9"; x = x + 1'
    return x, u


def flags():
    exec 'half = 1 / 2'
    return half


def from_file():
    handle, path = tempfile.mkstemp()
    os.write(handle, 'from_file_value = 7\nx = 3 / 2\n')
    os.close(handle)
    x = 0
    try:
        with open(path) as f:
            exec f
    finally:
        os.unlink(path)
    return from_file_value, x


class Dies(object):
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append(sys._getframe(1).f_code.co_name)


def finalizer(log):
    x = Dies(log)
    exec 'x = 5' in globals(), locals()
    log.append('kept')
    exec 'log.append("in"); x = 6'
    log.append(x)


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        tb = sys.exc_info()[2]
        lines = []
        while tb is not None:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
            tb = tb.tb_next
        return type(error).__name__, str(error), lines[1:]


def wrong(what, where=None, also=None):
    exec what in where, also


def has_free():
    a = 1

    def g():
        return a
    return g.func_code


def raises(x):
    try:
        exec 'x = 1; y = 2; raise ValueError("inside")'
    except ValueError as error:
        return x, y, str(error)


def unbinds(n):
    out = []
    for i in range(n):
        if i % 3 == 2:
            exec 'maybe = i'
            out.append(maybe)
            del maybe
        try:
            out.append(maybe)
        except NameError as error:
            out.append(type(error).__name__)
    return out


def with_float(n):
    x = 0.5
    for i in xrange(n):
        x = x + 1.5
        if i == n // 2:
            exec 'x = 10 ** 20'
        if i == n - 2:
            exec 'x = 1.0'
    return x


class Mapping(dict):
    def __getitem__(self, key):
        return 40 if key == 'forty' else dict.__getitem__(self, key)


for turn in range(4):
    print plain(5)
    print rebinds(3), rebinds('s', 2)
    print loop_variable(3)
    print into(4)
    print tuples()
    print unicode_and_code(5)
    print flags(), from_file()
    log = []
    finalizer(log)
    print log
    for args in [(5,), ('x', 5), ('x = 1', {}, 5), ('x =',), ('1/0',), (has_free(),), (u'\ud800',),
                 ('a\0b',), ('undefined_name',), ('q = forty', {}, Mapping()), (None,)]:
        print attempt(wrong, *args)
    print raises(0), unbinds(7)
    print with_float(10)

print with_float(30000), plain(300)[:2]

code = '''
for i in range(300):
    exec 'm = i + 1'
    exec 'i2 = m' in globals()
print m, i2, i
'''
exec code
exec code in {}
