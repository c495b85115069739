"""What programs with Python in them run: prints a result, and on stderr what the JIT has to do with it."""

from __future__ import print_function
import sys


class Point(object):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def even(n):
    for i in range(n):
        yield i * 2


def work(n):
    total, point, text = 0, Point(0, 0.5), []
    for i in even(n):
        total += i & 255
        point = point + Point(i, 0.25)
        text.append(str(i)[-1])
        try:
            if i % 7 == 0:
                raise ValueError(i)
        except ValueError as error:
            total -= error.args[0] % 3
    return total, point.x, point.y, ''.join(text), sorted(set(text))


def jit():
    try:
        import pyjion
    except ImportError:
        return 'none'
    status = pyjion.status()
    if not status['enabled']:
        return 'off: %s' % status['failed']
    # Until it was hot for long enough, and then compiled by another thread.
    for turn in range(2000):
        if pyjion.info(work)['state'] == 'native':
            break
        work(200)
    return '%s, threshold %d' % (pyjion.info(work)['state'], pyjion.get_threshold())


for turn in range(40):
    result = work(200)
print(result, sys.version_info[:2])
print(jit(), file=sys.stderr)
sys.stdout.flush()
