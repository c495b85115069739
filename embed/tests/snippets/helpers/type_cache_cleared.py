# Clearing the type cache lets version tags start anew: what was looked up on a dead type is forgotten.
from __future__ import print_function
import gc
import sys


def get(obj):
    return obj.name


def call(obj):
    return obj.method()


def put(obj, value):
    obj.attribute = value


def make(value):
    class C(object):
        name = "C%d" % value

        def method(self):
            return value

        def set_attribute(self, new):
            self.__dict__["hidden"] = (value, new)

        if value % 2:
            attribute = property(None, set_attribute)

    return C


def trial(value):
    sys._clear_type_cache()
    C = make(value)
    obj = C()
    put(obj, value)
    result = get(obj), call(obj), sorted(obj.__dict__.items())
    del obj, C
    gc.collect()
    return result


for value in range(40):
    print(*trial(value))
