"""Many small tests, in the style of unittest and as functions."""
import json
import textwrap
import unittest

import pytest


class Wrapping(unittest.TestCase):
    text = "the quick brown fox jumps over the lazy dog " * 3

    def setUp(self):
        self.lines = textwrap.wrap(self.text, 30)

    def test_width(self):
        self.assertTrue(all(len(line) <= 30 for line in self.lines))

    def test_words(self):
        self.assertEqual(" ".join(self.lines).split(), self.text.split())

    def test_dedent(self):
        self.assertEqual(textwrap.dedent("  a\n    b\n"), "a\n  b\n")

    @unittest.expectedFailure
    def test_tabs(self):
        self.assertEqual(textwrap.dedent("\ta\n  b"), "a\nb")


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [1, [2, [3]]], {"a": {"b": []}}, u"\xe9\u20ac"])
@pytest.mark.parametrize("indent", [None, 2])
def test_round_trip(value, indent):
    assert json.loads(json.dumps(value, indent=indent)) == value


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nul", "'a'", '{"a" 1}'])
def test_bad(text):
    with pytest.raises(ValueError):
        json.loads(text)


@pytest.mark.parametrize("number", range(20))
def test_format(number):
    assert "{0:05d}|{0:>4}|{0:x}".format(number) == "%05d|%4d|%x" % (number, number, number)


def test_output(capsys):
    print("seen")
    assert capsys.readouterr().out == "seen\n"
