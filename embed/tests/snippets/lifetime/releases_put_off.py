# Releases that were put off, as they were nested too deeply, are made up for when a frame ends: that of a function that is
# built in the place of its call, too.
from __future__ import print_function
import gc

log = []


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def pair(a, b):
    return a, b


def same(a):
    return a


def local(a):
    b = a
    return b


class Link(object):
    def __init__(self, to):
        self.to = to

    def __del__(self):
        pair(self, Noisy('link'))
        log.append(len(log))
        same(1)
        log.append(len(log))


class Quiet(Link):
    def __del__(self):
        same(self.to)
        log.append('quiet')
        local(self.to)


def steps(make, length):
    del log[:]
    chain = None
    for i in range(length):
        chain = make([(chain,)])
    seen = []
    chain = None
    seen.append(len(log))
    same(1)
    seen.append(len(log))
    local(2)
    seen.append(len(log))
    pair(1, 2)
    seen.append(len(log))
    Noisy('last')
    seen.append(len(log))
    return seen, log[:12], log[-12:]


for make in (Link, Quiet):
    for length in (20, 49, 52, 120, 400):
        for i in range(60):
            result = steps(make, length)
        print(make.__name__, length, result)
gc.collect()
print(len(log))
