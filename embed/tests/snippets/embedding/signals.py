# A signal handler that raises in a hot loop: it arrives, and the loop's state is consistent.
from __future__ import print_function
import signal


class Alarm(Exception):
    pass


def handler(signum, frame):
    raise Alarm(frame.f_code.co_name)


def endless():
    pairs = 0
    ones = 0
    try:
        while True:
            pairs += 2
            ones += 1
    except Alarm as alarm:
        return alarm.args[0], pairs - 2 * ones in (0, 2)


def endless_for(numbers):
    count = 0
    try:
        while True:
            for number in numbers:
                count += number
    except KeyboardInterrupt:
        return count > 0


def nested_functions():
    def work(n):
        return n + 1
    n = 0
    while True:
        n = work(n)


signal.signal(signal.SIGALRM, handler)
for attempt in range(3):
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    print(endless())

for attempt in range(2):
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        nested_functions()
    except Alarm as alarm:
        print(alarm.args[0] in ("nested_functions", "work"))

signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.2)
print(endless_for([1, 2, 3]))

count = 0
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    while True:
        count += 1
except KeyboardInterrupt:
    print("module level", count > 0)

hits = []
signal.signal(signal.SIGALRM, lambda signum, frame: hits.append(signum))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
spins = 0
while len(hits) < 3:
    spins += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print("handlers ran", spins > 0)
