"""Permutations of a list of small integers: indexing, slicing, nested loops."""


def fannkuch(n):
    perm1 = list(range(n))
    count = [0] * n
    best = 0
    checksum = 0
    sign = 1
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if perm1[0] != 0:
            perm = perm1[:]
            flips = 0
            k = perm[0]
            while k:
                perm[:k + 1] = perm[k::-1]
                flips += 1
                k = perm[0]
            if flips > best:
                best = flips
            checksum += sign * flips
        sign = -sign
        while True:
            if r == n:
                return best, checksum
            first = perm1[0]
            i = 0
            while i < r:
                perm1[i] = perm1[i + 1]
                i += 1
            perm1[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


print("%d %d" % fannkuch(9))
