# Tuples that native code makes of unused ones: known to the collector, never those that anybody has, of all lengths.
from __future__ import print_function
import gc
import sys
import weakref


class Node(object):
    pass


class Dies(object):
    def __del__(self):
        print("dies")


def pairs(n):
    kept = []
    for i in range(n):
        kept.append((i, -i))
        if len(kept) > 50:
            kept[i % 50] = (i, i + 1)
            kept.pop()
    return kept[:5], sum(a + b for a, b in kept)


def lengths(n):
    total = 0
    for i in range(n):
        a = (i,)
        b = (i, a)
        c = (i, a, b, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, i)
        d = (i, a, b, c, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, i)
        e = (i, a, b, c, d, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, i)
        total += a[0] + b[1][0] + c[-1] + d[3][0] + e[-1] + len(a + b + c + d + e)
    return total


def circle():
    node = Node()
    node.pair = (node, 1)
    return weakref.ref(node)


def circles(n):
    gc.collect()
    refs = [circle() for _ in range(n)]
    alive = sum(ref() is not None for ref in refs)
    gc.collect()
    return alive > 0, sum(ref() is not None for ref in refs)


def tracked(a, b):
    return (a, b)


def by_size(n):
    found = {}
    for i in range(n):
        found[i % 10, i % 3] = found.get((i % 10, i % 3), 0) + i
    return sorted(found.items())


def swapped(n):
    a, b, c, d = 1, 2, 3, 4
    for _ in range(n):
        a, b, c, d = d, a, b, c
    return a, b, c, d


def deaths():
    def both():
        return (Dies(), 1)

    print(both()[1])
    (Dies(), Dies())
    print("gone")


for turn in range(3):
    print(pairs(3000))
    print(lengths(600))
    print(circles(50))
    print(by_size(3000))
    print(swapped(1001))
    deaths()
    print(gc.is_tracked(tracked(1, 2)), gc.is_tracked(tracked([], {})))
    made = tracked([], 1)
    print(sys.getrefcount(made), any(item is made for item in gc.get_objects()), gc.get_referents(made))
    gc.collect()
    print(gc.is_tracked(made), gc.is_tracked(tracked(1, 2)))
gc.disable()
print([tracked(i, i + 1) for i in range(3000)][-1])
gc.enable()
gc.collect()
