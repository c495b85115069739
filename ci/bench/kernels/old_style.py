"""Classes without a base, which are old-style classes in Python 2: vectors, queues and special methods."""


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, by):
        return Vector(self.x * by, self.y * by)

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y


class Queue:
    limit = 50

    def __init__(self):
        self.items = []

    def put(self, item):
        if len(self.items) >= self.limit:
            self.get()
        self.items.append(item)

    def get(self):
        return self.items.pop(0)


class Audited(Queue):
    def __init__(self):
        Queue.__init__(self)
        self.count = 0

    def put(self, item):
        self.count += 1
        Queue.put(self, item)


def run():
    place, step = Vector(0, 0), Vector(1, 2)
    queue = Audited()
    turns = 0
    for i in range(15000):
        place = place + step * (i % 3)
        queue.put(place)
        if place[1] > 5000:
            place = place + Vector(-place.x, -place.y)
        if place == Vector(0, 0):
            turns += 1
    return place.x, place.y, turns, queue.count, len(queue.items), sum(len(vector) for vector in queue.items)
