# A signal handler and another thread end hot loops that wait for a global, a cell or an item.
from __future__ import print_function
import signal
import sys
import threading
import time

fired = 0
stop = False


def handler(number, frame):
    global fired, stop
    fired += 1
    stop = True


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.05)
spins = 0
while not stop:
    spins += 1
print(fired, spins > 0)

signal.setitimer(signal.ITIMER_REAL, 0.05)
spins = 0
while fired < 2:
    spins = (spins + 1) % 1000003
print(fired, spins >= 0)


def in_function():
    global stop
    stop = False
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    n = 0
    while not stop:
        n += 1
    return fired, n > 0


print(in_function())


class Alarm(Exception):
    pass


def raiser(number, frame):
    raise Alarm(frame.f_code.co_name, frame.f_locals['k'] > 0)


def interrupted():
    signal.signal(signal.SIGALRM, raiser)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    k = 1
    x = 0.5
    try:
        while True:
            k += 1
            x = x * 0.5 + k
    except Alarm as e:
        return e.args, k > 1, x > 0


print(interrupted())


def with_thread():
    box = [0]
    flag = {'go': True}
    def worker():
        while flag['go']:
            box[0] += 1
        box.append('end')
    t = threading.Thread(target=worker)
    t.start()
    n = 0
    while box[0] < 1000:
        n += 1
    flag['go'] = False
    t.join()
    return len(box), box[0] >= 1000


print(with_thread())
done = False


def finisher():
    global done
    time.sleep(0.05)
    done = True


t = threading.Thread(target=finisher)
t.start()
spins = 0
while not done:
    spins += 1
t.join()
print(done)

total = 0
lock = threading.Lock()


def adder(n):
    global total
    mine = 0
    for i in range(n):
        with lock:
            total += 1
        mine += i
    results.append(mine)


results = []
threads = [threading.Thread(target=adder, args=(3000,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, results)


def generator_in_thread(n):
    out = []
    def run():
        for x in (i * i for i in range(n)):
            out.append(x)
    t = threading.Thread(target=run)
    t.start()
    t.join()
    return sum(out)


print(generator_in_thread(5000))
