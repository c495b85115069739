"""The primes of CPython's demos."""
# versions: 2.7
from _shared import Sink, checksum, program, times
import sys

primes = program("Demo", "scripts", "primes.py")
real, sys.stdout = sys.stdout, Sink()
primes.primes(2, times(900000))
real, sys.stdout = sys.stdout, real
checksum(real.sum)
