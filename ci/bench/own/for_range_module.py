"""A `for` loop over range (xrange on 2.7) at module level."""
try:
    numbers = xrange
except NameError:
    numbers = range
total = 0
for i in numbers(20000000):
    total ^= i + (total & 7)
print(total)
