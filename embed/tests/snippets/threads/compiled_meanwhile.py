# Code is compiled while the program runs on: while it forks, handles signals, drops the functions, ends.
from __future__ import print_function
import gc
import os
import signal
import sys
import threading
import weakref

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


def expected(number, n):
    return sum((i ^ number) if i % 3 else -(i & number + 1) for i in range(n))


def in_child(function):
    """Whether a function returns true in a child process."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if function() else 2
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


# Forks at any time: when nothing, or this or that is being compiled, or all of it is.
functions = [make(number) for number in range(24)]
results = [expected(number, 700) for number in range(24)]


def all_right():
    return [function(700) for function in functions] == results


right = 0
for round in range(12):
    for function in functions[round * 2:round * 2 + 2]:
        for _ in range(12):
            function(700)
        right += in_child(all_right)
print("forks", right, all_right())


def grandchildren():
    return in_child(lambda: all_right() and in_child(all_right)) and all_right()


print("grandchildren", in_child(grandchildren))

# Functions are dropped before their code is there.
alive = []
for number in range(300):
    function = make(number)
    alive.append(weakref.ref(function))
    for _ in range(10):
        function(60)
    del function
gc.collect()
print("dropped", sum(ref() is None for ref in alive))

# Signals are for the threads of the program, and its handlers run in the first of them.
ticks = []
main = threading.current_thread()


def handler(number, frame):
    ticks.append(threading.current_thread() is main)


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
number = 1000
while len(ticks) < 40:
    function = make(number)
    for _ in range(10):
        assert function(100) == expected(number, 100)
    number += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print("signals", all(ticks[:40]))

# What the program blocks is not for a thread that it does not know of.
waited = []
if hasattr(signal, "pthread_sigmask"):
    for number in range(2000, 2010):
        function = make(number)
        for _ in range(30):
            function(100)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        os.kill(os.getpid(), signal.SIGUSR1)
        function(100)
        waited.append(signal.sigwait([signal.SIGUSR1]) == signal.SIGUSR1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
print("blocked signals", all(waited))

# Several threads, all of which have code compiled.
failures = []


def work(start):
    for number in range(start, start + 30):
        function = make(number)
        for _ in range(20):
            if function(100) != expected(number, 100):
                failures.append(number)


threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("threads", failures)

# The program ends while something is being compiled.
for number in range(5):
    function = make(number)
    for _ in range(30):
        function(500)
