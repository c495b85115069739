# A variable is None until an inner loop has found a number for it, and is asked after the outer loop.

import sys
if sys.version_info < (3,):
    range = xrange


def found(rows, columns, wanted):
    place = None
    for j in range(rows):
        for i in range(columns):
            if i == wanted:
                if place is None:
                    place = i
                continue
    if place is None:
        return "nowhere"
    return place


def best_pair(scores, limit):
    best, left, right = limit, None, None
    for j in range(len(scores)):
        for i in range(len(scores)):
            if i == j:
                if left is None:
                    left, right = i, j
                continue
            if scores[i] * scores[j] > best:
                best, first, second = scores[i] * scores[j], i, j
    if best == limit:
        if left is None:
            return None
        first, second = left, right
    else:
        left = None
    return first, second, left


for turn in range(400):
    answers = found(2, 2, 9), found(2, 2, 1), found(3, 0, 1), found(1, 4, 3)
    pairs = best_pair([], 0.5), best_pair([0.1], 0.5), best_pair([0.1, 7, 3], 0.5), best_pair([0.1, 0.2], 0.5)
    if turn < 6 or turn > 396:
        print(answers, pairs)
