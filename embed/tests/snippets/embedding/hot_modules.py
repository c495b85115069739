# Loops at module level and in code run by exec, where names are not locals.
from __future__ import print_function

total = 0
for i in range(20000):
    total += i
print(total, i)

n = 0
x = 1.0
while n < 20000:
    n += 1
    x = x * 1.0001 if x < 2 else 1.0
print(n, round(x, 6))

source = """
count = 0
while count < limit:
    count = count + 1
    if count == 2500:
        note = 'half'
result = count, note
"""
namespace = {"limit": 5000}
exec(compile(source, "<exec>", "exec"), namespace)
print(namespace["result"])


class Body(object):
    squares = 0
    for k in range(5000):
        squares += k * k
    del k


print(Body.squares, hasattr(Body, "k"))

outer = 0
for a in range(120):
    inner = 0
    for b in range(120):
        inner += a * b
    outer += inner
print(outer)

grows = 1
for i in range(70):
    grows = grows * 3
print(grows)
print(sum([j * 2 for j in range(3000)]), sum(j for j in range(3000)))
