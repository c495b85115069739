"""Lists: a sieve, a merge sort, and rows that are transposed."""


def sieve(limit):
    flags = [True] * limit
    primes = []
    for number in range(2, limit):
        if flags[number]:
            primes.append(number)
            for multiple in range(number * number, limit, number):
                flags[multiple] = False
    return primes


def merge_sorted(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sorted(items[:middle]), merge_sorted(items[middle:])
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    merged.extend(left[i:])
    merged.extend(right[j:])
    return merged


def transposed(rows):
    return [[row[column] for row in rows] for column in range(len(rows[0]))]


def run():
    primes = sieve(100000)
    ordered = merge_sorted([number * 7919 % 10007 for number in range(12000)])
    rows = [primes[i * 50:i * 50 + 50] for i in range(60)]
    for _ in range(20):
        rows = transposed(rows)
    return len(primes), ordered[:5], ordered[-5:], rows[3][:4]
