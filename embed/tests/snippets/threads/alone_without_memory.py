# A process of one thread, when there is no memory for what is being compiled.
from __future__ import print_function
import ctypes
import itertools
import os
import resource
import sys

CLONE_THREAD = 0x10000
lazy_map = getattr(itertools, "imap", map)
libc = ctypes.CDLL(None, use_errno=True)
unshare = libc.unshare
# As long as it takes a while to compile.
BODY = "".join("        total += (i ^ %d) & %d\n" % (number, number + 5) for number in range(500))
space = {}
exec("def made(n):\n    total = 0\n    for i in range(n):\n%s    return total\n" % BODY, space)
made = space["made"]


def first(n):
    total = 0
    for i in range(n):
        total += i & 3
    return total


def is_one():
    return len(os.listdir("/proc/self/task")) == 1


def fill(hoard):
    """Takes all the memory that there is, large pieces first."""
    for size in (1 << 20, 1 << 16, 1 << 12, 1 << 9, 1 << 8):
        try:
            hoard.extend(lazy_map(bytearray, itertools.repeat(size)))
        except MemoryError:
            pass


expected = made(5)
first(100000)
while not is_one():
    first(1000)
turns = 0
while is_one() and turns < 400:
    made(100)
    turns += 1
hoard, slack = [], [bytearray(1000) for _ in range(200)]
soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
# Nothing can be had from now on but what is given back.
resource.setrlimit(resource.RLIMIT_DATA, (1 << 20, hard))
fill(hoard)
del slack
result = unshare(CLONE_THREAD)
del hoard
resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
print(result)
print(made(5) == expected, sum(made(300) for _ in range(30)))
print(unshare(CLONE_THREAD), first(1000))
child = os.fork()
if child == 0:
    os._exit(unshare(CLONE_THREAD))
print(os.waitpid(child, 0)[1])
