# The exception being handled, as seen inside, outside and after hot functions and generators.
from __future__ import print_function
import sys


def current():
    kind = sys.exc_info()[0]
    return kind and kind.__name__


def handles():
    try:
        raise ValueError
    except ValueError:
        return current()


def does_not():
    return current()


def after_handling():
    try:
        raise KeyError
    except KeyError:
        pass
    return current()


def generator():
    while True:
        before = current()
        try:
            raise TypeError
        except TypeError:
            yield before, current()
        yield before, current()


def plain_generator():
    while True:
        yield current()


def collect(n):
    seen = {}
    typed = generator()
    plain = plain_generator()
    for i in range(n):
        row = [handles(), does_not(), after_handling(), next(typed), next(plain)]
        try:
            raise IndexError
        except IndexError:
            row += [current(), handles(), does_not(), current(), next(typed), next(plain), current()]
        row.append(current())
        row = tuple(row)
        seen[row] = seen.get(row, 0) + 1
    return seen


def show(seen):
    for row in sorted(seen, key=repr):
        print(seen[row], row)


def within(n):
    try:
        raise AttributeError
    except AttributeError:
        show(collect(n))
        return current()


for n in (5, 2000, 500):
    show(collect(n))
    print(within(n))
    print(current() if sys.version_info[0] == 3 else "")


def chained(n):
    last = None
    for i in range(n):
        try:
            try:
                raise ValueError(i)
            except ValueError:
                raise KeyError(i)
        except KeyError as error:
            last = error
    return last


context = getattr(chained(2000), "__context__", None)
print(type(context).__name__, getattr(context, "args", None))
