# `del` of locals, unbound locals and cells in hot code, with their messages.
from __future__ import print_function


def deletes(n):
    total = 0
    for i in range(n):
        x = i
        total += x
        del x
    try:
        return x
    except UnboundLocalError as error:
        return total, str(error)


def sometimes(n):
    errors = 0
    for i in range(n):
        if i % 100 != 99:
            y = i
        else:
            del y
        try:
            y + 1
        except UnboundLocalError:
            errors += 1
    return errors


def double_delete(n):
    errors = []
    for i in range(n):
        z = i
        del z
        try:
            del z
        except UnboundLocalError as error:
            if i % 1000 == 0:
                errors.append(str(error))
    return errors


def loop_variable():
    for i in []:
        pass
    try:
        return i
    except UnboundLocalError as error:
        return str(error)


def argument(a, n):
    for i in range(n):
        a += 1
    del a
    try:
        return a
    except UnboundLocalError as error:
        return str(error)


def closure(n):
    def inner():
        return free
    errors = 0
    for i in range(n):
        try:
            inner()
        except NameError as error:
            errors += 1
            last = str(error)
        free = i
        inner()
    return errors, last


class Loud(object):
    alive = 0

    def __init__(self):
        Loud.alive += 1

    def __del__(self):
        Loud.alive -= 1


def lifetimes(n):
    most = 0
    for i in range(n):
        loud = Loud()
        if Loud.alive > most:
            most = Loud.alive
        del loud
        if Loud.alive:
            return "late"
    return most, Loud.alive


for attempt in range(3):
    print(deletes(2000))
    print(sometimes(2000))
    print(double_delete(3000))
    print(loop_variable())
    print(argument(1, 2000))
    print(closure(1500))
    print(lifetimes(2000))
for attempt in range(600):
    last = loop_variable()
print(last)
