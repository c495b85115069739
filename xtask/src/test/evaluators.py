"""Somebody else's evaluator comes and goes while hot code runs: from the loop itself, from what it calls, from another
thread, from a pending call. It sees every frame of its time, and no other; the code returns what it always does, and
is native again afterwards."""

import sys
import threading
import time

import evaluator
import pyjion


class Thing(object):
    def __init__(self, n):
        self.n = n

    def method(self, n):
        return self.n + n

    @property
    def attribute(self):
        return self.n

    def __getitem__(self, n):
        return n


def plain(n):
    return n + 1


def defaulted(n, one=1):
    return n + one


def key(n):
    return -n


def produced():
    n = 0
    while True:
        yield n
        n += 1


def loop(n, acts, thing, numbers):
    """Calls each watched function once in every turn."""
    total = 0
    for i in range(n):
        if i in acts:
            acts[i]()
        total += plain(i) + defaulted(i)
        total += thing.method(i) + thing.attribute + thing[i]
        total += Thing(i).n + min([i], key=key) + next(numbers)
    return total


def expected(n):
    return sum(7 * i + 5 for i in range(n))


def operands():
    numbers = produced()
    next(numbers)
    return Thing(1), numbers


def down(n, acts):
    if n in acts:
        acts[n]()
    return n and 1 + down(n - 1, acts)


def come():
    evaluator.install()


def leave():
    evaluator.remove()


methods = Thing.__dict__
called = [plain, defaulted, key, methods['__init__'], methods['method'], methods['attribute'].fget,
          methods['__getitem__'], produced]
others = [loop, come, leave, down]
functions = called + others


def watch():
    for function in functions:
        evaluator.watch(function.__code__)


def counts(functions):
    return [evaluator.count(function.__code__) for function in functions]


def is_native():
    """Whether calls run natively, one frame at least in each turn."""
    before = pyjion.stats()['frames_native']
    loop(1000, {}, *operands())
    return pyjion.stats()['frames_native'] - before >= 1000


def check(name, holds):
    if not holds:
        sys.stdout.write('%s: %r %r\n' % (name, counts(called), counts(others)))


def check_run(name, frames, of_others, acts):
    """A run in which each function that is called has so many frames seen, and the others have these."""
    thing, numbers = operands()
    watch()
    check(name + ' gives another result', loop(1000, acts, thing, numbers) == expected(1000))
    check(name + ' counts otherwise', counts(called) == [frames] * len(called) and counts(others) == of_others)


def check_recursion(name, frames, acts):
    watch()
    check(name + ' gives another result', down(50, acts) == 50)
    check(name + ' counts otherwise', counts([down]) == [frames])


def check_thread():
    """While another thread lets it in and out, it sees all calls from one to another, and none after that."""
    done = []

    def let_in_and_out():
        for act in (evaluator.install, evaluator.remove, lambda: done.append(True)):
            time.sleep(0.1)
            act()

    watch()
    thread = threading.Thread(target=let_in_and_out)
    thread.start()
    i = total = 0
    while not done:
        total += defaulted(i)
        i += 1
    thread.join()
    span = evaluator.span(defaulted.__code__)
    check('a thread gives another result', total == i * (i + 1) // 2)
    check('a thread: %r of %d' % (span, i), span is not None and 0 < span[0] < span[1] < i - 1)


def check_pending():
    """It comes and goes between two instructions of the loop, or at a call, that need not be the very next ones."""
    watch()
    total = 0
    for i in range(1000):
        if i == 300:
            evaluator.soon(True)
        if i == 600:
            evaluator.soon(False)
        total += defaulted(i)
    span = evaluator.span(defaulted.__code__)
    check('a pending call gives another result', total == 500500)
    check('a pending call: %r' % (span,), span is not None and 300 <= span[0] <= 301 and 599 <= span[1] <= 600)


warm = loop(40000, {}, *operands())
for turn in range(400):
    down(50, {})
check('what is warm gives another result', warm == expected(40000))
for turn in range(3):
    check_run('it comes in the loop', 600, [0, 0, 0, 0], {400: evaluator.install})
    check_run('it goes in the loop', 400, [1, 0, 0, 0], {400: evaluator.remove})
    check_run('it comes and goes', 500, [0, 0, 0, 0],
              {100: evaluator.install, 300: evaluator.remove, 600: evaluator.install, 900: evaluator.remove})
    check_run('it comes and goes in what is called', 300, [0, 0, 1, 0], {400: come, 700: leave})
    check_recursion('it comes in a recursion', 20, {20: evaluator.install})
    check_recursion('it goes in a recursion', 31, {20: leave})
    check_thread()
    check_pending()
    check_run('nobody', 0, [0, 0, 0, 0], {})
watch()
check('nothing is native any more', is_native() or not pyjion.status()['enabled'])
sys.stdout.write('done')
