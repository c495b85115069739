"""Calls of methods of a class without a dict of instances, that do nothing but call the next.

After the program of the same name in the benchmarks of Unladen Swallow.
"""


class Foo(object):
    __slots__ = ()

    def foo(self, a, b, c, d):
        self.bar(a, b, c)
        self.bar(a, b, c)

    def bar(self, a, b, c):
        self.baz(a, b)
        self.baz(a, b)

    def baz(self, a, b):
        self.quux(a)
        self.quux(a)

    def quux(self, a):
        self.qux()

    def qux(self):
        pass


def run():
    f = Foo()
    for _ in range(6000):
        f.foo(1, 2, 3, 4)
        f.foo(1, 2, 3, 4)
        f.foo(1, 2, 3, 4)
        f.foo(1, 2, 3, 4)
