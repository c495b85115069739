"""json without its accelerator: encoding and decoding."""
from _shared import checksum, times, without

without("_json")
import json

document = {
    "numbers": [1, -2, 3.5, 1e100, 12345678901234567890],
    "texts": ["plain", "with \"quotes\"\n", u"\u20ac\u00e9", "x" * 40],
    "nested": [{"name": "item%d" % i, "value": i, "flags": [True, False, None]} for i in range(40)],
}
total = 0
for _ in range(times(420)):
    encoded = json.dumps(document, sort_keys=True)
    total += len(encoded) + len(json.dumps(document, indent=2, sort_keys=True))
    total += len(json.loads(encoded)["nested"])
checksum(total)
