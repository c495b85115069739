# Signals, timers, KeyboardInterrupt, pending calls and exceptions from other threads reach hot loops and recursion soon.
from __future__ import print_function
import ctypes
import os
import signal
import sys
import threading
import time

N = 30000


class Timeout(Exception):
    pass


def raise_timeout(number, frame):
    raise Timeout(frame.f_code.co_name)


def spin(flag):
    count = 0
    while not flag:
        count += 1
    return count


def spin_float(flag):
    x = 0.5
    while not flag:
        x = x * 1.5 if x < 1e9 else 0.5


def spin_nested(flag):
    while not flag:
        for i in range(1000):
            for j in (1, 2, 3):
                pass


def spin_calls(flag):
    def add(a, b):
        return a + b
    count = 0
    while not flag:
        count = add(count, 1)


def spin_generator(flag):
    def endless():
        i = 0
        while True:
            yield i
            i += 1
    for i in endless():
        if flag:
            break


def spin_forever(flag):
    while True:
        pass


def spin_continue(flag):
    i = 0
    while 1:
        i = (i + 1) & 1023
        if i & 1:
            continue
        if flag:
            break


def spin_recursion(flag):
    def fib(n):
        return n if flag or n < 2 else fib(n - 1) + fib(n - 2)
    fib(60)


SPINS = (spin, spin_float, spin_nested, spin_calls, spin_generator, spin_forever, spin_continue, spin_recursion)
warm = [1]
for function in SPINS:
    if function is not spin_forever:
        function(warm)


def soon(started):
    return "soon" if time.time() - started < 5 else "late"


def outcome(function, *args):
    started = time.time()
    try:
        function(*args)
        return "ended"
    except Timeout as error:
        return "Timeout", soon(started)
    except KeyboardInterrupt:
        return "KeyboardInterrupt", soon(started)


def interrupt(begun):
    begun.wait()
    time.sleep(0.08)
    os.kill(os.getpid(), signal.SIGINT)


signal.signal(signal.SIGALRM, raise_timeout)
# A shell has its jobs in the background ignore this signal, and Python keeps to that.
signal.signal(signal.SIGINT, signal.default_int_handler)
for attempt in range(2):
    for function in SPINS:
        signal.setitimer(signal.ITIMER_REAL, 0.08)
        print(function.__name__, outcome(function, []))
    for function in SPINS:
        begun = threading.Event()
        thread = threading.Thread(target=interrupt, args=(begun,))
        thread.start()
        begun.set()
        print(function.__name__, outcome(function, []))
        thread.join()

# The handler sees where the loop is, and the loop goes on.
ticks = []


def look(number, frame):
    if frame.f_code.co_name == "counts":
        ticks.append((frame.f_locals["i"], frame.f_locals["x"]))


def counts():
    i = 0
    x = 0.0
    while len(ticks) < 5:
        i += 1
        x += 0.5
    return i, x


signal.signal(signal.SIGALRM, look)
for attempt in range(2):
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    i, x = counts()
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(len(ticks), all(a * 0.5 in (b, b + 0.5) for a, b in ticks), ticks == sorted(ticks), x == i * 0.5)
    del ticks[:]

# The wakeup descriptor.
read, write = os.pipe()
if hasattr(os, "set_blocking"):
    os.set_blocking(write, False)
else:
    import fcntl
    fcntl.fcntl(write, fcntl.F_SETFL, os.O_NONBLOCK)
before = signal.set_wakeup_fd(write)
signal.signal(signal.SIGALRM, raise_timeout)
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(outcome(spin, []), os.read(read, 10) != b"", before)
signal.set_wakeup_fd(before)

# Exceptions raised by another thread.
set_async = ctypes.pythonapi.PyThreadState_SetAsyncExc
set_async.argtypes = [ctypes.c_long, ctypes.py_object]
for attempt in range(2):
    for function in SPINS:
        results = []
        idents = []

        def run():
            idents.append(threading.current_thread().ident)
            results.append(outcome(function, []))
        thread = threading.Thread(target=run)
        thread.start()
        while not idents:
            time.sleep(0.001)
        time.sleep(0.02)
        set_async(idents[0], Timeout)
        thread.join(20)
        print(function.__name__, results, thread.is_alive())

# Pending calls from another thread run in the main thread's loop.
add_pending = ctypes.pythonapi.Py_AddPendingCall
add_pending.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
run_string = ctypes.cast(ctypes.pythonapi.PyRun_SimpleString, ctypes.c_void_p)
import __main__
__main__.flag = []
__main__.runs = []
CODE = b"import __main__, threading; __main__.runs.append(threading.current_thread().name); __main__.flag.append(1)"
for attempt in range(2):
    for function in (spin, spin_float, spin_nested, spin_calls, spin_generator, spin_continue):
        del __main__.flag[:], __main__.runs[:]
        timer = threading.Timer(0.03, add_pending, (run_string, CODE))
        started = time.time()
        timer.start()
        function(__main__.flag)
        timer.join()
        print(function.__name__, __main__.runs, soon(started))
