# Globals deleted in a module loop, builtins shadowed and uncovered in the middle.
from __future__ import print_function

events = []
for n in range(6000):
    value = n * 2
    if n % 1000 == 999:
        del value
        try:
            value
        except NameError as e:
            events.append((n, str(e)))
        try:
            del value
        except NameError as e:
            events.append((n, str(e)))
    if n == 2000:
        len = lambda x: 'mine'
    if n == 3000:
        del len
    if n == 4000:
        abs = 5
    if n in (1999, 2500, 3500):
        events.append((n, len([1, 2])))
    if n in (3999, 4001):
        events.append((n, abs if n > 4000 else abs(-1)))
    if n == 4002:
        del globals()['abs']
        events.append(abs(-2))
print(n, globals().get('value'), events)


def hot(k):
    out = []
    for i in range(k):
        out.append(max(i, 3))
        if i == k // 2:
            globals()['max'] = min
        if i == k // 2 + 5:
            del globals()['max']
    return sum(out), out[k // 2:k // 2 + 8]


print(hot(5000), hot(5000))

try:
    import builtins
except ImportError:
    import __builtin__ as builtins


def uses_builtin(k):
    total = 0
    for i in range(k):
        if i == k // 3:
            builtins.special = 5
        if i == 2 * k // 3:
            del builtins.special
        try:
            total += special
        except NameError as e:
            message = str(e)
            total -= 1
    return total, message


print(uses_builtin(6000))

w = 0
while w < 5000:
    w += 1
    if w == 4000:
        del w
        w = 4500.0
print(w)

del n
count = 0
try:
    while True:
        count += 1
        if count == 4000:
            del count
except NameError as e:
    print(e)

for q in range(5000):
    if q == 4500:
        break
    if q == 10:
        def helper():
            return q
    if q == 20:
        class Helper(object):
            z = q
            def get(self):
                return q, self.z
    if q > 20:
        helper()
print(helper(), Helper().get())
for q in range(3000):
    import os.path as path
    from os import sep
print(path is not None, sep)
