# del of locals, globals, items, attributes, slices, in loops, twice, and what dies when.
from __future__ import print_function

order = []


class Named(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        order.append(self.name)


def local(flag):
    x = Named("local")
    del x
    order.append("after")
    if flag:
        del x
    return "ok"


def rebinding(n):
    for i in range(n):
        x = Named("a")
        x = Named("b")
        y = x
        x = None
        order.append("middle")
        y = None
    order.append("end")


def exceptions(n):
    for i in range(n):
        try:
            held = Named("held")
            raise ValueError(held)
        except ValueError:
            held = None
            order.append("handler")
    order.append("end")


def loop_variable(n):
    for x in [Named("one"), Named("two")]:
        order.append("body")
    del x
    order.append("end")


def arguments(a, b):
    del a
    order.append("deleted a")
    b = None
    order.append("dropped b")


def unbound(n):
    for i in range(n):
        if i > 2:
            del v
        v = i
        if i == n - 1:
            del v
    return v


def conditional(flag):
    if flag:
        value = 1
    return value


def show(f, *args):
    del order[:]
    try:
        result = repr(f(*args))
    except Exception as e:
        result = "%s: %s" % (type(e).__name__, e)
    return result, list(order)


for i in range(40):
    results = [show(local, 0), show(local, 1), show(rebinding, 2), show(exceptions, 2), show(loop_variable, 2),
               show(lambda: arguments(Named("a"), Named("b"))), show(unbound, 40), show(unbound, 2),
               show(conditional, 0), show(conditional, 1)]
for r in results:
    print(r)


def containers(n):
    values = list(range(n))
    table = dict.fromkeys(values)
    while len(values) > 3:
        del values[0], values[-1]
        del table[values[0]]
    return values, len(table)


print(containers(61))
try:
    del not_there
except NameError as e:
    print(e)


def drop_global():
    global g
    g = 1
    del g
    try:
        del g
    except NameError as e:
        return str(e)


for i in range(40):
    r = drop_global()
print(r)
