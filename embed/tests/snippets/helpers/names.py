# Globals, builtins, names in class bodies and exec, cells: found, shadowed, deleted, missing.
from __future__ import print_function
import sys
try:
    import builtins
except ImportError:
    import __builtin__ as builtins

counter = 0


def bump():
    global counter
    counter += 1
    return counter


def use_len(x):
    return len(x)


def use_missing():
    return there_is_no_such_name


def use_late():
    return late


def drop_late():
    global late
    del late


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


for i in range(100):
    bump()
print(counter)

for i in range(100):
    r = use_len("abc")
print(r)
len = lambda x: "shadowed"
print(use_len("abc"))
for i in range(50):
    r = use_len("abc")
print(r)
del len
print(use_len("abc"))
for i in range(50):
    r = use_len("abc")
real_len = builtins.len
builtins.len = lambda x: "replaced"
print(use_len("abc"))
builtins.len = real_len
print(r, use_len("abc"))

for i in range(50):
    r = show(use_missing)
print(r)
builtins.there_is_no_such_name = "now there is"
print(use_missing())
for i in range(50):
    r = use_missing()
del builtins.there_is_no_such_name
print(r, show(use_missing))

for i in range(50):
    print(show(use_late) if i < 3 else "", end="")
    late = i
    r = show(use_late)
    print("", show(drop_late) if i < 3 else drop_late(), end="" if i > 2 else "\n")
print()
print(r, show(use_late), show(drop_late))

# Growing the globals moves the entries.
for i in range(200):
    globals()["filler%d" % i] = i
    if i % 20 == 0:
        print(bump(), use_len("abcd"))

# Keys that are equal but not identical, and keys that are no strings.
name = "".join(["spe", "cial"])
globals()[name] = "by another string"


def use_special():
    return special


for i in range(40):
    r = use_special()
print(r)


class Key(object):
    asked = 0

    def __hash__(self):
        return hash("special")

    def __eq__(self, other):
        Key.asked += 1
        return False


del globals()[name]
globals()[Key()] = "hidden"
print(show(use_special), Key.asked > 0)
special = "direct"
before = Key.asked
for i in range(40):
    r = use_special()
print(r, Key.asked - before)
before = Key.asked
for i in range(40):
    use_len("abc")
print(Key.asked - before)

source = """
total = 0
for i in range(60):
    total += i
    other = total
    del other
    try:
        other
    except NameError as e:
        message = str(e)
try:
    del other
except NameError as e:
    message2 = str(e)
"""
space = {}
exec(compile(source, "<exec>", "exec"), space)
print(space["total"], space["message"], space["message2"])


class Mapping(object):
    def __init__(self):
        self.data = {}
        self.log = []

    def __getitem__(self, key):
        self.log.append(("get", key))
        if key == "boom":
            raise ZeroDivisionError(key)
        return self.data[key]

    def __setitem__(self, key, value):
        self.log.append(("set", key))
        self.data[key] = value

    def __delitem__(self, key):
        self.log.append(("del", key))
        del self.data[key]


source = """
t = 0
while t < 40:
    t = t + one
del t
try:
    del t
except NameError as e:
    m = str(e)
boom
"""
space = Mapping()
try:
    exec(compile(source, "<exec>", "exec"), {"one": 1}, space)
except ZeroDivisionError as e:
    print("ZeroDivisionError", e)
print(len(space.log), space.log[-5:], sorted(space.data))


def classes(n):
    out = []
    for i in range(n):
        class C(object):
            x = i
            y = x + n
            try:
                z
            except NameError as e:
                w = str(e)
            del x
        out.append((C.y, C.w, hasattr(C, "x")))
    return out


print(classes(40)[-1])
