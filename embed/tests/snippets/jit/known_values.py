# Operations on what is known when code is compiled: constants that reach small functions, objects and types that guards
# have seen. What is computed then is what would have been, objects included.
from __future__ import print_function
import sys


def add(a, b):
    return a + b


def times(a, b):
    return a * b


def less(a, b):
    if a < b:
        return 'less'
    return 'not less'


def choose(flag, value):
    if flag:
        return value
    return -value


def negated(a):
    return -a, ~a


def sums():
    return add(2, 3), add(-5, 261), add(-5, 262), add(sys.maxsize - 1, 1), times(1 << 15, 1 << 16)


def overflowing():
    return add(9223372036854775807, 1), times(4611686018427387904, 2), add(-9223372036854775808, -1)


def longer():
    return add(1073741824, -1073741823), add(2147483648, -2147483648), add(4294967296, 1)


def small_is_one():
    a = add(200, 56)
    b = add(100, 156)
    c = add(200, 57)
    d = add(100, 157)
    return a is b, c is d, c == d, a is 256


def ways():
    return less(1, 2), less(2, 1), less(2, 2), choose(True, 5), choose(False, 5), choose(0, 7), choose(3, 7)


def negations():
    return negated(5), negated(-1), negated(0), negated(9223372036854775807)


def of_type(x):
    made = [x]
    if type(made) is list:
        return type(x) is int, type(made) is type(x)
    return 'never'


def is_list(x):
    return type(x) is list


def same(a, b):
    return a is b


def of_class(x, kind):
    if kind is int:
        return x is int
    return kind is x


for i in range(400):
    result = (sums(), overflowing(), longer(), small_is_one(), ways(), negations())
    assert of_type(i) == (True, False)
    assert is_list([i]) and same(i, i) and not same([i], [i])
    assert of_class(int, int) and not of_class(str, int)
print(result)
print([is_list(x) for x in ([], (), 1, None, list, type('L', (list,), {})())])
print([of_type(x) for x in ([], 1, 'a', None)])
print([same(a, b) for a, b in ((1, 1), (1, True), (None, None), ([], []), (int, int))])
print([of_class(a, b) for a, b in ((int, int), (int, str), (str, str), (1, 1))])


def rebound(n):
    seen = []
    for i in range(n):
        if i == 60:
            globals()['add'] = lambda a, b: 'other'
        seen.append(add(2, 3))
    return seen


values = rebound(120)
print(values.index('other'), values[0], set(values[60:]))
