# A global that a hot loop counts in, with a call every now and then, read again after the call.
from __future__ import print_function
total = 0
def double():
    pass
def hot_global(n):
    global total
    for k in range(n):
        total += 1
        if k % 1000 == 999:
            double()
    return total
print(hot_global(3000), total)
