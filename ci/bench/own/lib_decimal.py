"""decimal in Python: arithmetic, square roots, formatting."""
from _shared import checksum, times, without

try:
    import _pydecimal as decimal
except ImportError:
    without("_decimal")
    import decimal

decimal.getcontext().prec = 28
one = decimal.Decimal(1)
total = decimal.Decimal(0)
for i in range(1, times(10000)):
    number = decimal.Decimal(i)
    total += one / number + number.sqrt() - number * decimal.Decimal("0.125")
    if total > 100:
        total = total % 7
checksum(format(total, ".20f"))
