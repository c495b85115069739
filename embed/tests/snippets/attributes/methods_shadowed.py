# One place finds a method in the class of some objects, and something else under that name in others: what is loaded there is
# bound where it has to be, called or not, also where a handler of the function catches what the arguments raise.
from __future__ import print_function


class Maps(object):
    def pack(self, value):
        return 'Maps', value

    def __init__(self, pack=None):
        if pack is not None:
            self.pack = pack

    def do(self, data):
        for _ in range(3):
            try:
                return self.pack(data.draw(self))
            except ValueError:
                data.failed += 1
        return None

    def take(self):
        pack = self.pack
        return pack


class Keys(Maps):
    def pack(self, value):
        return 'Keys', value


class Data(object):
    failed = 0
    drawn = 0

    def draw(self, maps):
        self.drawn += 1
        if self.drawn % 3 == 0:
            raise ValueError(self.drawn)
        return self.drawn


def run(n):
    data = Data()
    keys = Keys()
    all = [Maps(''.join), Maps(keys.pack), keys, Maps(), Maps(lambda x: ('lambda', x)), Maps(str)]
    results = []
    for i in range(n):
        maps = all[i % len(all)]
        try:
            results.append((maps.do(data), type(maps.take()).__name__, maps.take()([]) if i % 6 else None))
        except TypeError as e:
            results.append(str(e))
    return data.failed, results[-12:]


for result in (run(600), run(600)):
    print(result[0])
    for line in result[1]:
        print(line)
