# With a long check interval, compiled code does its periodic work as soon as the interpreter: the
# interval is not so many rounds of a loop, but of the evaluator's (2.7).
from __future__ import print_function
import ctypes
import sys
import threading
import warnings

INTERVAL = 200000


class Asked(Exception):
    pass


def wait_for_it(ident):
    n = 0
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_long(ident), ctypes.py_object(Asked))
        while True:
            n += 1
    except Asked:
        return n


def measure(waits):
    ident = threading.current_thread().ident
    for _ in range(9):
        waits.append(wait_for_it(ident))


warnings.simplefilter("ignore", DeprecationWarning)
sys.setcheckinterval(INTERVAL)
waits = []
# Only with a second thread is there a lock to be released.
thread = threading.Thread(target=measure, args=(waits,))
thread.start()
thread.join()
# The first of them may have begun in the interpreter, with all of the interval left.
print(len(waits), sorted(waits)[4] < 0.75 * INTERVAL)
