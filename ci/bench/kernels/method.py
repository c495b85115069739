"""Methods: shapes of several classes that are asked the same, one of them through its base class."""


class Shape(object):
    def __init__(self, size):
        self.size = size

    def area(self):
        return 0

    def scaled(self, by):
        return type(self)(self.size * by % 97 + 1)

    def weight(self, density):
        return self.area() * density


class Square(Shape):
    def area(self):
        return self.size * self.size


class Circle(Shape):
    def area(self):
        return 3 * self.size * self.size

    def weight(self, density):
        return Shape.weight(self, density) + 1


class Frame(Square):
    def area(self):
        return super(Frame, self).area() - (self.size - 1) * (self.size - 1)


def total_weight(shapes):
    total = 0
    for shape in shapes:
        total += shape.weight(2)
    return total


def run():
    shapes = [kind(size) for size in range(1, 21) for kind in (Square, Circle, Frame)]
    total = 0
    for i in range(2100):
        total += total_weight(shapes)
        shapes[i % 60] = shapes[i % 60].scaled(3)
    return total
