# The program ends while daemon threads run hot loops, in native code or not.
from __future__ import print_function
import sys
import threading
import time


def forever(step):
    count = 0
    while True:
        count += step


def forever_calling():
    def callee(x):
        return x + 1
    count = 0
    while True:
        count = callee(count)


for target, args in ((forever, (1,)), (forever, (0.5,)), (forever_calling, ())):
    thread = threading.Thread(target=target, args=args)
    thread.daemon = True
    thread.start()
time.sleep(0.2)
print("done")
sys.stdout.flush()
