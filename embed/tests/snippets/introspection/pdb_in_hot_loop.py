# pdb.set_trace() in a hot function, with a script of commands.
from __future__ import print_function
import pdb
import sys
try:
    from StringIO import StringIO
except ImportError:
    from io import StringIO

N = 30000

COMMANDS = """
p total, scale, i
step
where
args
return
next
next
p total, scale, i, sorted(k for k in locals())
!total = total + 1000000
p total
up
p n
down
tbreak %d, i == n - 3
continue
p total, i
until
jump %d
next
p total
continue
"""


def callee(x):
    y = x + 1
    return y


def hot(n):
    total = 0
    scale = 1.5
    for i in range(n):
        total += callee(i)
        scale = scale * 1.5 if scale < 1000 else 1.5
        if i == n - 8:
            debugger.set_trace()
        total += 2
        total += i
    return total


def caller(n):
    return hot(n)


def run(n):
    global debugger
    first = hot.__code__.co_firstlineno
    script = StringIO(COMMANDS % (first + 8, first + 5))
    debugger = pdb.Pdb(stdin=script, stdout=sys.stdout)
    debugger.use_rawinput = False
    print(caller(n))
    sys.settrace(None)


hot.__globals__["debugger"] = None
run(N)
run(N)
run(20)
run(N)


def post_mortem(n):
    total = 0
    for i in range(n):
        total += 10 // (n - 2 - i)
    return total


for attempt in range(2):
    try:
        post_mortem(N)
    except ZeroDivisionError:
        debugger = pdb.Pdb(stdin=StringIO("p total, i, n\nwhere\nup\nquit\n"), stdout=sys.stdout)
        debugger.use_rawinput = False
        debugger.reset()
        debugger.interaction(None, sys.exc_info()[2])
