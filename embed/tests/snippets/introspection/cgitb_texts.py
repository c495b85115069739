# cgitb shows the values of the variables of hot functions that raised.
from __future__ import print_function
import cgitb
import re
import sys

N = 30000


def divides(n, limit):
    total = 0
    scale = 2.0
    for i in range(n):
        total += i % 5
        scale += 0.5
        quotient = total // (limit - i)
    return quotient


def middle(n, limit):
    result = 0
    for attempt in range(3):
        result += divides(n, limit + attempt * 1000)
    return result


for limit in (N - 1, 28000, N - 1):
    try:
        middle(N, limit)
    except ZeroDivisionError:
        text = cgitb.text(sys.exc_info(), 3)
        for line in text.splitlines()[5:]:
            if line.startswith("The above is a description"):
                break
            print(re.sub(r"0x[0-9a-f]+|/\S*/", "...", line))
