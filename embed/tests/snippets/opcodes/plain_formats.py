# -*- coding: utf-8 -*-
"""Formats of strings and ints, and all that looks like them and is something else."""
from __future__ import print_function
import sys


class Text(str):
    def __str__(self):
        return "own text"


class Number(int):
    def __str__(self):
        return "own number"

    def __int__(self):
        return 77


class Thing(object):
    def __str__(self):
        return "a thing"

    def __repr__(self):
        return "Thing()"

    def __mod__(self, other):
        return "left", other

    def __rmod__(self, other):
        return "right", other


formats = ["%s", "%d", "%s-%d", "a%%b", "100%", "%", "%s%s", "%5s", "%-5d|", "%r", "%(name)s", "%s %s %s", "%i", "%x",
           "", "plain", "%s!", "!%s", "%%%s%%", "%d%%", "x%c", "%.2f|", u"unicode %s", u"%s", "%s \xe9", "%.1s|", "%ld"]
arguments = ["text", 5, -17, 0, sys.maxsize, -sys.maxsize - 1, 10 ** 30, 1.5, True, None, Text("sub"), Number(3), Thing(),
             ("a", "b"), ("a", 1), (1, "a"), (1, 2, 3), (), ("one",), (5,), [1], {"name": "n"}, u"unicode", u"\xe9", "\xe9",
             ("a", u"\xe9"), (Text("sub"), Number(3)), (1.5, 2), (None, True), ((1, 2),), "", ("", ""), "%s", b"bytes",
             ("x" * 200, 10 ** 18)]


def apply(text, values):
    try:
        result = text % values
    except Exception as error:
        return type(error).__name__, str(error)
    return type(result).__name__, result


def inplace(text, values):
    try:
        text %= values
    except Exception as error:
        return type(error).__name__
    return text


def run(times):
    results = []
    for turn in range(times):
        results = [(apply(text, values), inplace(text, values)) for text in formats for values in arguments]
    return results


for result in run(40):
    print(ascii(result) if sys.version_info[0] > 2 else repr(result))


def fresh(times):
    """Each result is a text of its own, unless it is one that is shared."""
    same = []
    for turn in range(times):
        a, b = "%s-%d" % ("x", 1), "%s-%d" % ("x", 1)
        same.append((a is b, a == b, len({a, b})))
        one = "%s" % "long enough"
        c, d = "%d" % 7, "%s%s" % ("", "q")
        whole = "a text"
        same.append((c, d, one, whole % () is whole, "%s" % whole is whole, "%s" % (whole,) is whole))
    return same[-2:]


print(fresh(2000))
