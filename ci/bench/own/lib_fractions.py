"""fractions: sums and comparisons."""
from _shared import checksum, times
from fractions import Fraction

total = Fraction(0)
largest = Fraction(0)
for i in range(1, times(23000)):
    number = Fraction(i % 97 + 1, i % 31 + 2)
    total = (total + number * Fraction(3, 7)) % 11
    if number > largest:
        largest = number
    total = total.limit_denominator(100)
checksum((total.numerator, total.denominator, str(largest)))
