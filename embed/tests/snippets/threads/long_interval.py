# With a long check interval, compiled code does its periodic work as soon as the interpreter: the
# interval is not so many rounds of a loop, but of the evaluator's (2.7).
from __future__ import print_function
import ctypes
import sys
import threading
import warnings


class Asked(Exception):
    pass


def spin(rounds):
    n = 0
    while n < rounds:
        n += 1
    return n


def wait_for_it(ident):
    n = 0
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_long(ident), ctypes.py_object(Asked))
        while True:
            n += 1
    except Asked:
        return n


def measure(interval, waits):
    ident = threading.current_thread().ident
    for _ in range(9):
        spin(interval // 50)
        waits.append(wait_for_it(ident))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    before = sys.getcheckinterval()
    spin(before)
    sys.setcheckinterval(200000)
    try:
        waits = []
        # Only with a second thread is there a lock to be released.
        thread = threading.Thread(target=measure, args=(200000, waits))
        thread.start()
        thread.join()
    finally:
        sys.setcheckinterval(before)
# The first of them may have begun in the interpreter, with all of the interval left.
print(len(waits), sorted(waits)[4] < 150000)
