# What is for processes of one thread works while code becomes hot: in the parent, in children, in threads.
from __future__ import print_function
import ctypes
import os
import sys
import threading

CLONE_VM, CLONE_THREAD, CLONE_NEWNS, CLONE_NEWUSER = 0x100, 0x10000, 0x20000, 0x10000000
libc = ctypes.CDLL(None, use_errno=True)

TEXT = """
def made(n):
    total = 0
    for i in range(n):
        if i %% 3:
            total += i ^ %d
        else:
            total -= i & %d
    return total
"""


def make(number):
    space = {}
    exec(TEXT % (number, number + 1), space)
    return space["made"]


def heat(number):
    function = make(number)
    for _ in range(15):
        function(300)
    return function


def call(name, *arguments):
    """The result of a system call and its errno, which is left alone when it succeeds."""
    ctypes.set_errno(7)
    return getattr(libc, name)(*arguments), ctypes.get_errno()


def in_child(function):
    sys.stdout.flush()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.write(write, repr(function()).encode())
        os._exit(0)
    os.close(write)
    text = os.read(read, 1000).decode()
    os.close(read)
    return text, os.waitpid(child, 0)[1]


# The process is the only one of its kind, however much there is to compile.
seen = set()
for number in range(60):
    heat(number)
    seen.add(call("unshare", CLONE_THREAD | CLONE_VM))
print("parent", seen)

seen = set()
for number in range(100, 120):
    heat(number)
    seen.add(in_child(lambda: call("unshare", CLONE_NEWUSER)))
    seen.add(in_child(lambda: heat(number + 1000) and call("unshare", CLONE_NEWUSER)))
    seen.add(in_child(lambda: in_child(lambda: call("unshare", CLONE_NEWUSER))[0]))
print("children", sorted(seen))


def namespaces():
    results = [call("unshare", CLONE_NEWUSER | CLONE_NEWNS)]
    for number in range(200, 220):
        heat(number)
        place = os.open("/proc/self/ns/mnt", os.O_RDONLY)
        results.append(call("setns", place, CLONE_NEWNS))
        os.close(place)
    return sorted(set(results))


print("namespaces", in_child(namespaces))

# Errors are those of the system, and what was to be compiled goes on being compiled.
print("errors", call("unshare", 1), call("setns", -1, 0))
functions = [heat(number) for number in range(300, 310)]
call("unshare", CLONE_THREAD)
print("results", [function(500) for function in functions])

# With more threads of the program's own, it fails as ever.
ready, stop = threading.Event(), threading.Event()


def wait():
    ready.set()
    stop.wait()


thread = threading.Thread(target=wait)
thread.start()
ready.wait()
seen = set()
for number in range(400, 410):
    heat(number)
    seen.add(call("unshare", CLONE_THREAD))
print("threads", seen)
stop.set()
thread.join()

# While others call it and have code compiled.
failures = []


def work(start):
    for number in range(start, start + 20):
        function = heat(number)
        if call("unshare", CLONE_THREAD)[0] not in (0, -1) or function(9) != make(number)(9):
            failures.append(number)


threads = [threading.Thread(target=work, args=(start,)) for start in (500, 600, 700)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all", failures)
