"""The factoriser of CPython's demos."""
# versions: 2.7
from _shared import checksum, program, times

fact = program("Demo", "scripts", "fact.py")
found = []
for number in range(1000003, 1000003 + 2 * times(70000), 2):
    found += fact.fact(number)
checksum(found)
