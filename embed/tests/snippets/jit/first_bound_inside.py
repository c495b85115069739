# Variables first bound inside the loop, unbound after no iteration, deleted in the loop.
from __future__ import print_function


def after(n, m):
    for i in range(n):
        for j in range(m):
            x = i + j
    return x, i, j


def alternating(n):
    errors = []
    for i in range(n):
        if i % 2 == 0:
            x = i
        else:
            del x
        if i % 500 == 499:
            try:
                x
            except UnboundLocalError as e:
                errors.append((i, str(e)))
    return errors


def deleted_twice(n):
    count = 0
    for i in range(n):
        x = i * 2
        del x
        try:
            del x
        except UnboundLocalError as e:
            count += len(str(e))
    return count


def conditional(n):
    for i in range(n):
        if i > 0:
            y = y + 1
        else:
            y = 0
        if i == n - 2:
            del y
    return y


def many(n):
    total = 0
    for i in range(n):
        if i == 10: a = 1
        if i == 20: b = 2.5
        if i == 30: c = 'c'
        if i == 40: d = []
        if i == 50: e = None
        if i == 60: f = 1 << 70
        if i > 10: total += a
        if i > 20: total += b
        if i > 30: total += len(c)
        if i > 40: total += len(d)
        if i > 50: total += e is None
        if i > 60: total += f & 3
    return total


def loop_variable_survives(n):
    for i in range(n):
        pass
    for k in range(0):
        pass
    try:
        return i, k
    except UnboundLocalError as e:
        return i, str(e)


def inner_unbound(n):
    messages = []
    for i in range(n):
        for j in range(i % 2):
            z = j
        if i == 0:
            try:
                z
            except NameError as e:
                messages.append(str(e))
    return messages, z


def call(f, *args):
    try:
        return f(*args)
    except UnboundLocalError as e:
        return str(e)


print(call(after, 100, 50), call(after, 0, 5), call(after, 5000, 0))
print(call(alternating, 5000))
print(call(deleted_twice, 5000))
print(call(conditional, 5000))
print(call(many, 5000), call(many, 45))
print(call(loop_variable_survives, 5000), call(loop_variable_survives, 0))
print(call(inner_unbound, 5000))
for k in range(600):
    r = call(after, k % 3, k % 2)
    s = call(many, k % 70)
print(r, s)
