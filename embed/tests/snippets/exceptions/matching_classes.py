"""Which handler catches what: classes, tuples of them, metaclasses that are asked, and what is no class."""
from __future__ import print_function
import sys
import warnings

warnings.simplefilter("ignore")


class Own(ValueError):
    pass


class Other(Exception):
    pass


class Asked(type):
    def __subclasscheck__(cls, other):
        asked.append((cls.__name__, other.__name__))
        return True


class Raising(type):
    def __subclasscheck__(cls, other):
        raise RuntimeError("asked")


asked = []
Metaclassed = Asked("Metaclassed", (Exception,), {})
Refusing = Raising("Refusing", (Exception,), {})
is_2 = sys.version_info[0] == 2


def catch(raised, named):
    try:
        try:
            raise raised
        except named as caught:
            return "caught", type(caught).__name__
    except Exception as error:
        return "passed on", type(error).__name__
    except BaseException as error:
        return "base", type(error).__name__


cases = [
    (Own("x"), Own), (Own("x"), ValueError), (Own("x"), Exception), (Own("x"), KeyError), (Own("x"), Other),
    (Own("x"), (KeyError, ValueError)), (Own("x"), (KeyError, IndexError)), (Own("x"), ()),
    (Own("x"), (KeyError, (IndexError, ValueError))), (KeyboardInterrupt(), Exception),
    (KeyboardInterrupt(), BaseException), (Metaclassed("x"), Own), (Metaclassed("x"), Exception),
    (Refusing("x"), Exception), (Own("x"), (1, 2) if is_2 else (KeyError,)), (Own("x"), 5 if is_2 else Own),
    (StopIteration(), StopIteration), (GeneratorExit(), (ValueError, BaseException)),
]
if is_2:
    cases += [(Own("x"), Metaclassed), (Own("x"), (KeyError, Metaclassed)), (Other("x"), "text")]


def run(times):
    results = []
    for number in range(times):
        results = [catch(raised, named) for raised, named in cases]
        del asked[8:]
    return results


for case in run(400):
    print(case)
print(asked)
