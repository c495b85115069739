"""sre_compile: compiling many patterns."""
from _shared import checksum, times
import sre_compile
import sre_parse

patterns = [
    r"(?P<name>[a-z_][a-z0-9_]*)\s*=\s*(?P<value>.*?)\s*(?:#.*)?$",
    r"^(?:[01]?\d?\d|2[0-4]\d|25[0-5])(?:\.(?:[01]?\d?\d|2[0-4]\d|25[0-5])){3}$",
    r"<(/?)(\w+)((?:\s+\w+(?:\s*=\s*(?:\".*?\"|'.*?'|[^'\">\s]+))?)*)\s*(/?)>",
    r"(?i)\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    r"[^\W\d_]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\S",
]
total = 0
for _ in range(times(1000)):
    for pattern in patterns:
        total += len(sre_compile._code(sre_parse.parse(pattern), 0))
checksum(total)
