"""What suites.toml says of a program.

Only the entry that is asked for is read, and without a parser of TOML or JSON: there is none in the library of
some interpreters, and code that runs here is warm in the program that is measured.
"""
import ast
import sys


class Program(object):
    """An entry: its keys, and the defaults of those that it leaves out."""

    def __init__(self, keys):
        self.keys = keys
        self.suite = keys["suite"]
        self.name = keys["name"]
        self.kind = keys["kind"]
        #: How many times an iteration does what the program counts as one.
        self.loops = keys.get("loops", 1)

    def needs(self, value):
        """Whether the program names a value that has to be filled in."""
        return any("{%s}" % value in text for text in [self.keys["path"]] + self.keys.get("args", []))

    def filled(self, key, values):
        """A text with {names} replaced by their values."""
        return fill(self.keys[key], values)

    def filled_list(self, key, values):
        """A list of such texts, which may be absent."""
        return [fill(text, values) for text in self.keys.get(key, [])]


def fill(text, values):
    for name, value in values.items():
        text = text.replace("{%s}" % name, value)
    return text


def find(path, suite, name):
    """The program, of the file of suites.

    Every key of the file is on a line of its own, and its value a TOML value that Python reads as the same.
    """
    with open(path) as file:
        text = file.read()
    wanted = ['suite = "%s"' % suite, 'name = "%s"' % name]
    for entry in text.split("[[program]]\n")[1:]:
        lines = entry.splitlines()
        if all(line in lines for line in wanted):
            return Program(dict(pair(line) for line in lines if line and not line.startswith("#")))
    sys.exit("%s has no program %s in the suite %s" % (path, name, suite))


def pair(line):
    key, _, value = line.partition(" = ")
    return key, ast.literal_eval(value)
