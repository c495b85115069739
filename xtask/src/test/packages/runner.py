"""Runs a test suite and notes the outcome of every test as it comes: runner.py FILE KIND ARGS..."""
import os
import re
import site
import sys


class Notes(object):
    def __init__(self, path):
        self.file = open(path, 'w')

    def note(self, name, outcome):
        name = re.sub(r'0x[0-9a-fA-F]{6,}', '0x', name)
        name = re.sub(r'[^ -~]', lambda m: '\\u%04x' % ord(m.group()), name)
        self.file.write('%s\t%s\n' % (outcome, name))
        self.file.flush()


class Plugin(Notes):
    def pytest_runtest_logreport(self, report):
        outcome = report.outcome
        if hasattr(report, 'wasxfail'):
            outcome = 'x' + outcome
        if report.when == 'call' or outcome != 'passed':
            self.note(report.nodeid, outcome if report.when == 'call' else report.when + ' ' + outcome)

    def pytest_collectreport(self, report):
        if report.outcome != 'passed':
            self.note(report.nodeid, 'collection ' + report.outcome)


class Lines(object):
    def __init__(self, notes):
        self.notes, self.rest = notes, ''

    def write(self, text):
        lines = (self.rest + text).split('\n')
        self.rest = lines.pop()
        for line in lines:
            self.notes.note(line, 'printed')

    def flush(self):
        pass


def watch_unittest(notes):
    import unittest

    def watch(method, outcome):
        original = getattr(unittest.TestResult, method, None)
        if original is None:
            return

        def watched(self, test, *args):
            if method != 'addSubTest':
                notes.note(test.id(), outcome)
            elif args[1] is not None:
                notes.note(args[0].id(), outcome)
            return original(self, test, *args)
        setattr(unittest.TestResult, method, watched)

    for method, outcome in [('addSuccess', 'passed'), ('addFailure', 'failed'), ('addError', 'error'),
                            ('addSkip', 'skipped'), ('addExpectedFailure', 'xfailed'),
                            ('addUnexpectedSuccess', 'xpassed'), ('addSubTest', 'part failed')]:
        watch(method, outcome)


def main():
    # For what .pth files say, which PYTHONPATH does not look at.
    site.addsitedir(os.environ['PYTHONPATH'])
    path, kind = sys.argv[1:3]
    sys.argv[:3] = []
    if kind == 'pytest':
        import pytest
        sys.path[0] = ''
        return int(pytest.main(sys.argv[1:], plugins=[Plugin(path)]))
    import runpy
    notes = Notes(path)
    if kind == 'unittest':
        watch_unittest(notes)
    else:
        sys.stdout = Lines(notes)
    if sys.argv[0] == '-m':
        sys.path[0] = ''
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
        runpy.run_path(sys.argv[0], run_name='__main__')


if __name__ == '__main__':
    sys.exit(main())
