# Displays and calls of more operands than compiled code keeps on the stack.
from __future__ import print_function


class Oddity(Exception):
    pass


def make(count, form):
    text = "def f(g, fail=None):\n    n = 1\n    for turn in range(3):\n        n += turn\n        value = %s\n    return value, n"
    namespace = {}
    exec(text % (form % ", ".join("g(%d, fail, n)" % k for k in range(count))), namespace)
    return namespace["f"]


def g(k, fail, n):
    if k == fail:
        raise Oddity(k, n)
    return k * 2 if k % 3 else "s%d" % n


for count in (40, 47, 48, 49, 50, 120, 250):
    for form in "[%s]", "(%s)", "max(map(str, (%s)))", "(lambda *rest: len(rest))(%s)":
        f = make(count, form)
        for turn in range(60):
            answer = f(g)
        for fail in 0, 45, 49, count - 1:
            try:
                print(f(g, fail))
            except Oddity as error:
                print(error)
        print(count, form, str(answer)[:40], str(answer)[-40:])
