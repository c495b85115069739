"""csv: guessing dialects, and dictionaries of rows."""
from _shared import PY2, checksum, times
import csv
import io

rows = ["%d;'name %d';%d.%d;\"quoted; text\"" % (i, i, i, i % 10) for i in range(60)]
total = 0
for _ in range(times(330)):
    dialect = csv.Sniffer().sniff("\n".join(rows[:30]))
    total += ord(dialect.delimiter) + csv.Sniffer().has_header("\n".join(rows))
    for row in csv.DictReader(rows, fieldnames=["a", "b", "c", "d"], delimiter=";"):
        total += len(row["a"]) + len(row["d"])
checksum(total)
