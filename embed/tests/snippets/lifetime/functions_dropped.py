# Functions made, run until they are hot and dropped: their code goes, and so does what it holds.
from __future__ import print_function
import gc
import sys
import types
import weakref

SOURCE = """
def function%d(n):
    total = 0
    for i in range(n):
        total += i ^ %d
        if total & 1:
            total = (total >> 1) + (i << 2) - (i %% 7)
        elif total & 2:
            total = total // 3 + i * 5
        else:
            total ^= i | 64
    return total
"""


class Constant(object):
    pass


def used_memory():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1])


def code_memory():
    size = 0
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            if len(fields) == 5 and "x" in fields[1]:
                start, end = fields[0].split("-")
                size += int(end, 16) - int(start, 16)
    return size // 1024


def make(number):
    space = {}
    exec(SOURCE % (number, number), space)
    return space["function%d" % number]


def run_and_drop(first, count, trips):
    total = 0
    for number in range(first, first + count):
        function = make(number)
        for attempt in range(2):
            total += function(trips)
    return total


print(run_and_drop(0, 60, 15000))
gc.collect()
before = used_memory()
code_before = code_memory()
total = 0
for first in range(60, 260, 20):
    total += run_and_drop(first, 20, 15000)
    # How many there are at a time does not depend on when the collector runs by itself.
    gc.collect()
print(total)
grown = used_memory() - before
code_grown = code_memory() - code_before
print("code grew by", "little" if code_grown <= 256 else "%d KiB" % code_grown)
print("memory grew by", "little" if grown < 3000 else "%d KiB" % grown)

# The code object dies when its function does, although it was compiled, and its constants too.
try:
    from pyjion import status
except ImportError:
    status = None
function = make(7)
for attempt in range(3):
    function(40000)
code = weakref.ref(function.__code__)
del function
print("code", code() is None)


# Instances of subclasses of 2.7's str cannot be referred to weakly.
class Marked(type(u"")):
    pass


def with_constants(n):
    total = 0
    for i in range(n):
        total += len("constant")
    return total


code = with_constants.__code__
marked = Marked("constant")
watch = weakref.ref(marked)
consts = tuple(marked if c == "constant" else c for c in code.co_consts)
arguments = [code.co_argcount, code.co_nlocals, code.co_stacksize, code.co_flags, code.co_code, consts,
             code.co_names, code.co_varnames, "marked", "marked", 1, code.co_lnotab]
if sys.version_info[0] > 2:
    arguments.insert(1, 0)
function = types.FunctionType(types.CodeType(*arguments), globals())
del marked, consts, arguments
for attempt in range(3):
    print(function(30000))
print("constant", watch() is not None)
del function
print("constant", watch() is None)

# What a hot function saw dies as it would without: types, instances, values of globals.


class Thing(object):
    size = 3

    def method(self):
        return self.size


def uses(thing, n):
    total = 0
    for i in range(n):
        total += thing.method() + thing.size
        thing.size = i & 3
    return total


def uses_global(n):
    total = 0
    for i in range(n):
        total += shared.size
    return total


for attempt in range(4):
    class Local(Thing):
        size = 4
    thing = Local()
    shared = Local()
    watch = [weakref.ref(thing), weakref.ref(Local), weakref.ref(shared)]
    print(uses(thing, 20000), uses_global(20000))
    del thing
    print("instance", watch[0]() is None)
    shared = None
    print("global", watch[2]() is None)
    del Local
    gc.collect()
    print("type", watch[1]() is None)


def recursive():
    def inner(n):
        return n if n < 2 else inner(n - 1) + inner(n - 2)
    inner(18)
    return weakref.ref(inner), weakref.ref(inner.__code__)


for attempt in range(3):
    function, code = recursive()
    gc.collect()
    print("recursive", function() is None, code() is recursive.__code__.co_consts[1])
