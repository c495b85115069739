"""string.Template and string.Formatter."""
from _shared import checksum, times
import string

template = string.Template("Dear $name, you owe ${amount} $currency ($$) since $date.")
formatter = string.Formatter()
total = 0
for i in range(times(75000)):
    total += len(template.substitute(name="Name%d" % i, amount=i, currency="EUR", date="today"))
    total += len(formatter.format("{0:>10} and {name!r} or {1[2]}", i, "abc", name="x"))
checksum(total)
