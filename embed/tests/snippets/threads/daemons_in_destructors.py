# The program ends while daemon threads wait in destructors that hot code runs: they end when they want to go on.
# versions: 3.4 3.5
from __future__ import print_function
import sys
import threading
import time

N = 30000
started = []


class Slow(object):
    """Destroyed in a daemon thread, it waits until the program is about to end."""

    def __del__(self):
        if threading.current_thread().name.startswith("daemon"):
            started.append(1)
            time.sleep(0.5)


class Late(object):
    """Destroyed when modules are cleared: time for the threads to wake up, and to find that it is all over."""

    def __del__(self, sleep=time.sleep):
        sleep(1.5)


class Carried(Exception):
    def __init__(self):
        self.slow = Slow()


def overwrites(n):
    thing = None
    for i in range(n):
        thing = Slow() if i == n - 10 else i
    return i


def returns(n):
    thing = Slow()
    total = 0
    for i in range(n):
        total += i
    return total


def generate(n, carried):
    for i in range(n):
        yield i
        if i == n - 5:
            carried.pop()


def drops_in_generator(n):
    carried = [Slow()]
    for i in generate(n, carried):
        pass


def raises_in_generator(n):
    def generator():
        for i in range(n):
            try:
                if i > n - 10:
                    raise Carried()
                yield i
            except Carried:
                yield -i
    for i in generator():
        pass


def handles_while_resuming(n):
    def generator():
        for i in range(n):
            yield i
    produced = generator()
    for i in range(n - 3):
        next(produced)
    try:
        raise Carried()
    except Carried:
        next(produced)
        try:
            raise ValueError
        except ValueError:
            next(produced)
    next(produced)


def stores(n):
    things = [None]
    for i in range(n):
        things[0] = Slow() if i == n - 10 else i


FUNCTIONS = (overwrites, returns, drops_in_generator, raises_in_generator, handles_while_resuming, stores)
for function in FUNCTIONS:
    function(N)
sys.late = Late()
threads = []
for function in FUNCTIONS:
    thread = threading.Thread(target=function, args=(N,), name="daemon")
    thread.daemon = True
    thread.start()
    threads.append(thread)
deadline = time.time() + 20
while len(started) < len(FUNCTIONS) and time.time() < deadline:
    time.sleep(0.01)
print(len(started))
sys.stdout.flush()
