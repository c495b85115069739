"""Where recursion is too deep for a range, or for the text of a number, that is said as on stock."""
from __future__ import print_function
import sys

ranges = xrange if sys.version_info[0] == 2 else range


def dive_lazy(level):
    reached[0] = level
    for number in ranges(3):
        if number == 1:
            return dive_lazy(level + 1)


def dive_list(level):
    reached[0] = level
    for number in range(level, level + 3):
        if number == level + 1:
            return dive_list(level + 1)


def dive_text(level):
    reached[0] = level
    text = "%s %d" % (level, level)
    return dive_text(level + 1)


def dive_plain(level):
    reached[0] = level
    return dive_plain(level + 1)


reached = [0]
sys.setrecursionlimit(120)
for dive in (dive_lazy, dive_list, dive_text, dive_plain):
    seen = []
    for turn in range(60):
        for start in (0, 1):
            try:
                dive(start)
            except RuntimeError as error:
                seen.append((str(error).split("maximum recursion depth exceeded")[1], reached[0]))
    print(dive.__name__, seen[:2], seen[-4:])
