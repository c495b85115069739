"""copy.deepcopy of nested data and of instances."""
from _shared import checksum, times
import copy


class Node(object):
    def __init__(self, value, children):
        self.value = value
        self.children = children


def tree(depth):
    return Node(depth, [tree(depth - 1) for _ in range(3)] if depth else [])


document = {"list": [[i, str(i), (i, [i])] for i in range(60)], "tree": tree(4)}
document["cycle"] = document
total = 0
for _ in range(times(580)):
    twin = copy.deepcopy(document)
    total += len(twin["list"]) + len(copy.copy(twin)["tree"].children)
checksum(total)
