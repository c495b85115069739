"""The Markov chains of CPython's demos, over characters of the library."""
from _shared import PY2, checksum, program, text, times
import random

markov = program(*(("Demo", "scripts", "markov.py") if PY2 else ("Tools", "demo", "markov.py")))
chooser = random.Random(7)
total = 0
for _ in range(times(11)):
    chain = markov.Markov(2, lambda options: options[int(chooser.random() * len(options))])
    for paragraph in text("difflib.py").split("\n\n"):
        words = " ".join(paragraph.split())
        if words:
            chain.put(words)
    for _ in range(200):
        total += len(chain.get())
checksum(total)
