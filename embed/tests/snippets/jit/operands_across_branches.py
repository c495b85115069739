# A number waits on the operand stack, over the branches of a conditional expression, for its variable to change.


def conditional(pair):
    left = right = turn = 0
    while turn <= 600:
        turn += 1
        try:
            left = 1 - right
            left += 3 if turn % 3 == 1 else -7
            (other, right) = pair
        except ValueError:
            pass
        if turn < 4 or turn > 597:
            print(turn, left, right)


def chained(limit):
    total = 0.5
    for turn in range(limit):
        part = turn * 0.25
        part = part + (1.5 if turn & 1 else total and 2.5)
        total = total - (part if 0 < turn < 300 else part * 2)
        same = part is total
        if turn < 4 or turn > limit - 4:
            print(turn, part, total, same)


def stored(items):
    count = 0
    for turn in range(700):
        count = turn * 3
        items[turn % 5] = count
        count += 1 if turn % 4 else 2
        if items[turn % 5] is count or turn > 697:
            print(turn, count, items)


conditional([1])
conditional([1, 2])
chained(500)
stored([0] * 5)
