# PRINT_EXPR: what the interactive compiler mode does with a value, in a loop.
from __future__ import print_function
import sys

source = """
for i in range(40):
    i if i % 10 == 0 else None
"""
code = compile(source, "<single>", "single")
exec(code, {})
exec(code, {})


def hook(value):
    if value == 30:
        raise ValueError("hook %r" % value)
    print("hook", value)


original = sys.displayhook
sys.displayhook = hook
try:
    exec(code, {})
except ValueError as e:
    print(e)
finally:
    sys.displayhook = original
del sys.displayhook
try:
    exec(code, {})
except RuntimeError as e:
    print(e)
finally:
    sys.displayhook = original
