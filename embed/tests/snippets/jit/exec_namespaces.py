# Hot loops in exec'd code with the same and with separate dicts, custom mappings, class bodies.
from __future__ import print_function

SOURCE = '''
total = 0
half = 0.0
for i in range(limit):
    total += i
    half += 0.5
    if i == limit // 2:
        poke()
'''
code = compile(SOURCE, 'exec', 'exec')
one = {'limit': 4000, 'range': range, 'poke': lambda: one.__setitem__('total', 0)}
exec(code, one)
print(one['total'], one['half'], one['i'])
g = {'limit': 4000, 'poke': lambda: g.__setitem__('total', 17)}
l = {}
exec(code, g, l)
print(l['total'], l['half'], g['total'], sorted(k for k in l))
exec(code, one)
print(one['total'], one['half'])


class Space(dict):
    def __init__(self):
        dict.__init__(self)
        self.count = [0, 0]
    def __getitem__(self, key):
        self.count[0] += 1
        return dict.__getitem__(self, key)
    def __setitem__(self, key, value):
        self.count[1] += 1
        dict.__setitem__(self, key, value * 2 if key == 'half' else value)


space = Space()
exec(code, {'limit': 50, 'poke': lambda: None}, space)
print(space['total'], space['half'], space.count)
space = Space()
exec(code, {'limit': 5000, 'poke': lambda: space.__setitem__('total', 1)}, space)
print(space['total'], space.count)


class Body(object):
    total = 0
    names = []
    for i in range(5000):
        total += i
        if i % 1000 == 0:
            names.append(sorted(n for n in locals() if not n.startswith('__'))[:3])
            del i
    def method(self):
        return self.total
    while total > 100:
        total //= 3


print(Body().method(), Body.i, Body.names)


def make(n):
    class Local(object):
        x = 0
        limit = n
        shadow = 'none'
        while x < limit:
            x += 1
            if x == 3:
                shadow = n
        y = x
    return Local.x, Local.y, Local.shadow


print(make(5000), [make(k) for k in range(6)])
for k in range(600):
    r = make(4)
print(r)


def body():
    acc = 0
    for i in range(n):
        acc += step
    return acc


import types
first = types.FunctionType(body.__code__, {'n': 5000, 'step': 2, 'range': range})
second = types.FunctionType(body.__code__, {'n': 5000, 'step': 0.5, 'range': range})
third = types.FunctionType(body.__code__, {'n': 3, 'step': 'x', 'range': range})
print(first(), second(), first())
try:
    third()
except TypeError as e:
    print(e)
print(eval('sum(k * step for k in range(5000))', {'step': 3}), eval('[step for k in range(3000)][-1]', {'step': 0.1}))
exec(compile('''
def f(n):
    global made
    for made in range(n):
        pass
    return made
r = f(5000)
for x in range(5000):
    made += 1
''', 'x', 'exec'), one)
print(one['r'], one['made'], one['x'])
nested = compile('i = 0\nwhile i < n:\n    i += 1\n    if i == 2500 and n == 5000:\n        exec(nested, {"n": 3000, "nested": nested})\n', 'nested', 'exec')
d = {'n': 5000, 'nested': nested}
exec(nested, d)
print(d['i'])
