"""The bit vectors, vectors and complex numbers of CPython's demos."""
# versions: 2.7
from _shared import Sink, checksum, program, times
import sys

real, sys.stdout = sys.stdout, Sink()
bitvec = program("Demo", "classes", "bitvec.py")
Vec = program("Demo", "classes", "Vec.py").Vec
Complex = program("Demo", "classes", "Complex.py").Complex
sys.stdout = real
total = []
for i in range(times(25000)):
    bits = bitvec.BitVec([1, 0, 1, 1, 0, 0, 1, 1]) + bitvec.BitVec(long(i % 65536), 16)
    bits[3] = 1
    total.append(len(bits) + bits[5] + bits.count(1))
    vector = (Vec(1, 2, i) + Vec(3, i, 4)) * 3 - Vec(i, i, i)
    total.append(vector[1] + len(vector))
    number = Complex(i, 2) * Complex(3, -1) + Complex(0, i)
    total.append(number.re - number.im)
checksum(total)
