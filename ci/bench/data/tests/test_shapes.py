"""Tests with parameters, fixtures, classes and failures that are expected."""
import math
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import shapes


@pytest.fixture
def drawing():
    return shapes.Drawing([shapes.Circle(1), shapes.Square(2), shapes.Rectangle(1, 3)])


@pytest.fixture(scope="module")
def polygons():
    return {count: shapes.Polygon.regular(count, 2) for count in (3, 4, 6, 100)}


@pytest.mark.parametrize("radius", range(12))
def test_circle(radius):
    circle = shapes.Circle(radius)
    assert circle.area() == pytest.approx(math.pi * radius * radius)
    assert circle.is_empty == (radius == 0)


@pytest.mark.parametrize("width", [0, 1, 2.5])
@pytest.mark.parametrize("height", [0, 1, 4])
def test_rectangle(width, height):
    rectangle = shapes.Rectangle(width, height)
    assert rectangle.area() == width * height
    assert rectangle.outline() == 2 * width + 2 * height
    assert (width / 2.0, height / 2.0) in rectangle


@pytest.mark.parametrize("count, area", [(3, 5.19615), (4, 8.0), (6, 10.3923), (100, 12.5581)])
def test_polygon(polygons, count, area):
    assert polygons[count].area() == pytest.approx(area, rel=1e-4)


def test_no_shape():
    with pytest.raises(NotImplementedError):
        shapes.Shape().area()
    with pytest.raises(TypeError) as error:
        shapes.scaled(shapes.Polygon((0, 0), (1, 0), (0, 1)))
    assert "cannot scale" in str(error.value)


class TestDrawing(object):
    def test_length(self, drawing):
        assert len(drawing) == 3

    def test_area(self, drawing):
        assert drawing.area() == pytest.approx(math.pi + 7)

    def test_scaled(self, drawing):
        assert shapes.scaled(drawing, 3).area() == pytest.approx(9 * drawing.area())

    def test_iteration(self, drawing):
        assert [type(shape).__name__ for shape in drawing] == ["Circle", "Square", "Rectangle"]

    @pytest.mark.xfail(reason="drawings do not know what overlaps")
    def test_overlap(self):
        twice = shapes.Drawing([shapes.UNIT, shapes.UNIT])
        assert twice.area() == shapes.UNIT.area()


@pytest.mark.skipif(sys.version_info < (2, 7), reason="old")
def test_written(tmpdir, drawing, monkeypatch):
    monkeypatch.setattr(shapes.Shape, "line", 3)
    file = tmpdir.join("shapes.txt")
    file.write("\n".join("%r %d" % (shape, shape.line) for shape in drawing))
    assert file.read().splitlines()[0] == "<Circle at (0, 0)> 3"
