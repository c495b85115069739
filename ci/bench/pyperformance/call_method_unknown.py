"""Calls of methods of objects of three classes in turn, so that no place in the program always sees the same.

After the program of the same name in the benchmarks of Unladen Swallow.
"""


class Foo(object):
    def foo(self, a):
        a.bar(a)
        a.bar(a)

    def bar(self, a):
        a.baz(a)
        a.baz(a)

    def baz(self, a):
        a.quux(a)
        a.quux(a)

    def quux(self, a):
        a.qux()

    def qux(self):
        pass


class Bar(object):
    def foo(self, a):
        a.bar(a)
        a.bar(a)

    def bar(self, a):
        a.baz(a)
        a.baz(a)

    def baz(self, a):
        a.quux(a)
        a.quux(a)

    def quux(self, a):
        a.qux()

    def qux(self):
        pass


class Baz(object):
    def foo(self, a):
        a.bar(a)
        a.bar(a)

    def bar(self, a):
        a.baz(a)
        a.baz(a)

    def baz(self, a):
        a.quux(a)
        a.quux(a)

    def quux(self, a):
        a.qux()

    def qux(self):
        pass


def run():
    objects = [Foo(), Bar(), Baz()]
    for i in range(6000):
        a, b = objects[i % 3], objects[(i + 1) % 3]
        a.foo(b)
        b.foo(a)
        a.foo(a)
        b.foo(b)
