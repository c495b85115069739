# Signals, exceptions of other threads and thread switches reach loops that compiled code leaves on every turn.
from __future__ import print_function
import signal
import sys
import threading
import time


class Timeout(Exception):
    pass


def raise_timeout(number, frame):
    raise Timeout


class Truth(object):
    def __bool__(self):
        return True
    __nonzero__ = __bool__


def endless_true():
    while True:
        pass


def endless_global():
    while 1:
        if always:
            continue


def endless_attribute(owner):
    while owner.x:
        pass


def endless_nested():
    while 1:
        while 1:
            if always:
                continue
            break


always = Truth()


class Owner(object):
    x = 1


def run(function, *args):
    for attempt in range(4):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            function(*args)
        except Timeout as error:
            print(function.__name__, "Timeout")


signal.signal(signal.SIGALRM, raise_timeout)
for function in (endless_true, endless_global, endless_nested):
    run(function)
run(endless_attribute, Owner())

# Another thread gets its turn, too.
for attempt in range(3):
    stop = Owner()
    turns = []

    def other():
        for i in range(3):
            turns.append(i)
            time.sleep(0.01)
        stop.__class__ = Stopped

    class Stopped(object):
        x = 0
    thread = threading.Thread(target=other)
    thread.start()
    endless_attribute(stop)
    thread.join()
    print(turns)
