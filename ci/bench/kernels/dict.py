"""Dicts: an index of words, sums by key, and a table of results that were computed before."""

TEXT = "the quick brown fox jumps over the lazy dog and the small grey cat sleeps on the warm red mat".split()


def index(words, count):
    places = {}
    for i in range(count):
        word = words[i * 31 % len(words)]
        if word in places:
            places[word].append(i)
        else:
            places[word] = [i]
    return places


def sums(count):
    table = {}
    for i in range(count):
        key = i * 7919 % 1013
        table[key] = table.get(key, 0) + i
    return table


def ways(total, coins, known):
    """How many ways there are to pay a sum with the first `coins` coins."""
    if total == 0:
        return 1
    if total < 0 or coins == 0:
        return 0
    if (total, coins) not in known:
        without = ways(total, coins - 1, known)
        known[total, coins] = without + ways(total - (1, 2, 5, 10, 20, 50)[coins - 1], coins, known)
    return known[total, coins]


def run():
    places = index(TEXT, 120000)
    table = sums(120000)
    best = max(table, key=table.get)
    del table[best]
    return sorted((word, len(found)) for word, found in places.items()), best, len(table), ways(500, 6, {})
