"""Shapes in the plane: what pydoc shows of a module with classes, functions and data.

Every shape knows its area and its outline; a drawing is a list of shapes and is one itself. Lengths are in units
that are the caller's business, and angles in degrees.
"""
import math

__version__ = "1.2"
__author__ = "nobody in particular"
__all__ = ["Shape", "Circle", "Rectangle", "Square", "Polygon", "Drawing", "distance", "scaled", "UNIT", "ORIGIN"]

ORIGIN = (0, 0)


class Shape(object):
    """Something with an area and an outline."""

    #: How thick its line is.
    line = 1

    def __init__(self, place=ORIGIN):
        self.place = place

    def area(self):
        """The area, in square units."""
        raise NotImplementedError

    def outline(self):
        """The length of the line around it."""
        raise NotImplementedError

    @property
    def is_empty(self):
        """Whether nothing of it can be seen."""
        return self.area() == 0

    def __repr__(self):
        return "<%s at %s>" % (type(self).__name__, self.place)


class Circle(Shape):
    """All points that are as far from its place, or nearer."""

    def __init__(self, radius, place=ORIGIN):
        super(Circle, self).__init__(place)
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2

    def outline(self):
        return 2 * math.pi * self.radius

    @classmethod
    def around(cls, points):
        """The circle around the first point that touches the farthest of the others."""
        return cls(max(distance(points[0], point) for point in points), points[0])


class Rectangle(Shape):
    """A box whose sides are upright."""

    def __init__(self, width, height, place=ORIGIN):
        super(Rectangle, self).__init__(place)
        self.width, self.height = width, height

    def area(self):
        return self.width * self.height

    def outline(self):
        return 2 * (self.width + self.height)

    def __contains__(self, point):
        return all(0 <= p - q <= side for p, q, side in zip(point, self.place, (self.width, self.height)))


class Square(Rectangle):
    """A rectangle of one side."""

    def __init__(self, side, place=ORIGIN):
        super(Square, self).__init__(side, side, place)


class Polygon(Shape):
    """Any shape with corners, which are given in the order of the outline."""

    def __init__(self, *corners):
        super(Polygon, self).__init__(corners[0])
        self.corners = corners

    def sides(self):
        """Pairs of corners."""
        return zip(self.corners, self.corners[1:] + self.corners[:1])

    def area(self):
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in self.sides())) / 2.0

    def outline(self):
        return sum(distance(a, b) for a, b in self.sides())

    @staticmethod
    def regular(count, radius):
        """The polygon of `count` equal sides whose corners are `radius` away from the origin."""
        angles = [2 * math.pi * i / count for i in range(count)]
        return Polygon(*[(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles])


class Drawing(Shape):
    """Shapes, of which the first is farthest at the back."""

    def __init__(self, shapes=(), **options):
        super(Drawing, self).__init__(options.get("place", ORIGIN))
        self.shapes = list(shapes)

    def __iter__(self):
        return iter(self.shapes)

    def __len__(self):
        return len(self.shapes)

    def area(self):
        """The sum of the areas, as if no two shapes had a point in common."""
        return sum(shape.area() for shape in self)

    def outline(self):
        return sum(shape.outline() for shape in self)


def distance(a, b):
    """How far two points are from each other."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def scaled(shape, by=2.0):
    """A shape like the one given, but larger: all lengths are multiplied by `by`.

    Circles and rectangles are understood, and drawings of them.
    """
    if isinstance(shape, Drawing):
        return Drawing([scaled(part, by) for part in shape])
    if isinstance(shape, Circle):
        return Circle(shape.radius * by, shape.place)
    if isinstance(shape, Rectangle):
        return Rectangle(shape.width * by, shape.height * by, shape.place)
    raise TypeError("cannot scale %r" % shape)


UNIT = Square(1)
