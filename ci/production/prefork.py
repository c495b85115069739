"""What it is worth to let the parent of pre-forked workers handle requests before it forks.

Serves a made-up request with the standard library alone, in workers that are forked from a parent that has served none
(`cold`) or many (`warm`), and says of each kind: processor time of a worker's first requests and of later ones,
compilations in the worker, and its memory: what it shares with nobody, and its proportional share of all.

    pyjion-python prefork.py [workers [requests]]

Runs on stock CPython as well, which has nothing to compile.
"""

from __future__ import print_function

import json
import os
import re
import sys
import time

try:
    import pyjion
except ImportError:
    pyjion = None

WORKERS = int(sys.argv[1]) if len(sys.argv) > 1 else 4
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
FIRST = max(REQUESTS // 20, 1)

WORD = re.compile(r'[a-z]+')
TEXT = ' '.join('the quick brown fox %d jumps over the lazy dog' % n for n in range(30))


class Item(object):
    def __init__(self, number):
        self.number = number
        self.tags = ['tag%d' % (number % n) for n in (2, 3, 5)]

    @property
    def price(self):
        return self.number * 1.25 + len(self.tags)

    def as_dict(self):
        return {'number': self.number, 'price': self.price, 'tags': self.tags}


def escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def render(items):
    rows = []
    for item in items:
        row = []
        for name in sorted(item):
            row.append('<td class="%s">%s</td>' % (name, escape(str(item[name]))))
        rows.append('<tr>%s</tr>' % ''.join(row))
    return '<table>%s</table>' % '\n'.join(rows)


def count(text):
    counts = {}
    for word in WORD.findall(text):
        counts[word] = counts.get(word, 0) + 1
    return counts


def request(number):
    items = [Item(n).as_dict() for n in range(number % 20)]
    body = json.dumps({'items': items, 'words': count(TEXT)}, sort_keys=True)
    return len(render(json.loads(body)['items']))


def serve(first, last):
    started = os.times()
    for number in range(first, last):
        request(number)
    ended = os.times()
    return sum(ended[:2]) - sum(started[:2])


def compilations():
    return pyjion.stats()['compilations'] if pyjion else 0


def memory():
    """Kilobytes: private, proportional."""
    private = proportional = 0
    with open('/proc/self/smaps_rollup') as rollup:
        for line in rollup:
            name, _, rest = line.partition(':')
            if name in ('Private_Clean', 'Private_Dirty'):
                private += int(rest.split()[0])
            elif name == 'Pss':
                proportional = int(rest.split()[0])
    return private, proportional


def worker(out, look, leave):
    before = compilations()
    first = serve(0, FIRST)
    rest = serve(FIRST, REQUESTS)
    compiled = compilations() - before
    os.write(out, b'.')
    os.read(look, 1)
    private, proportional = memory()
    os.write(out, ('%f %f %d %d %d\n' % (first, rest, compiled, private, proportional)).encode())
    # All are there until the last one has looked: what is shared depends on who is.
    os.read(leave, 1)
    os._exit(0)


def run(name, warm):
    """In a parent of its own, so that one kind has nothing of the other."""
    parent = os.fork()
    if parent:
        os.waitpid(parent, 0)
        return
    if warm:
        serve(0, REQUESTS)
        # What is being compiled in the background is to be done before the fork.
        time.sleep(0.5)
        serve(0, FIRST)
    results, out = os.pipe()
    look, looking = os.pipe()
    leave, leaving = os.pipe()
    children = []
    for _ in range(WORKERS):
        child = os.fork()
        if not child:
            worker(out, look, leave)
        children.append(child)
    for _ in children:
        os.read(results, 1)
    os.write(looking, b'x' * WORKERS)
    text = b''
    while text.count(b'\n') < WORKERS:
        text += os.read(results, 4096)
    os.write(leaving, b'x' * WORKERS)
    for child in children:
        os.waitpid(child, 0)
    rows = [[float(word) for word in line.split()] for line in text.decode().splitlines()]
    first, rest, compiled, private, proportional = [sum(column) / len(rows) for column in zip(*rows)]
    print('%-5s first %d requests %6.1f ms  later ones, for as many, %6.1f ms  compilations %5.1f  '
          'private %6.0f KB  proportional %6.0f KB' % (
              name, FIRST, first * 1000, rest * 1000 * FIRST / (REQUESTS - FIRST), compiled, private, proportional))
    sys.stdout.flush()
    os._exit(0)


run('cold', False)
run('warm', True)
