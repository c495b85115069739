# The pyjion module: what its functions return and which errors they raise. The stock
# interpreter has no such module, so only what must hold is checked; the output is the same.
from __future__ import print_function

try:
    import pyjion
except ImportError:
    pyjion = None


def hot(n):
    total = 0
    for i in range(n):
        total += i
    return total


class Class(object):
    def method(self):
        return 1


def generator():
    yield 1


def raises(exception, function, *args):
    try:
        function(*args)
    except exception:
        return
    raise AssertionError("%r%r did not raise %s" % (function, args, exception.__name__))


def check():
    status = pyjion.status()
    for key in "enabled version python backend threshold states code_bytes".split():
        assert key in status, key
    assert status["threshold"] == pyjion.get_threshold()
    assert isinstance(status["enabled"], bool)

    for subject in (hot, Class.method, Class().method, generator, generator(), hot.__code__):
        info = pyjion.info(subject)
        for key in "run_count state compiled failed versions exits native_size".split():
            assert key in info, key
        assert isinstance(info["run_count"], int)
        assert info["compiled"] == (info["native_size"] > 0)
        assert info["compiled"] == bool(info["versions"])
    assert pyjion.info(compile("1", "x", "eval"))["state"] == "cold"
    for subject in (None, 3, len, Class, "hot"):
        raises(TypeError, pyjion.info, subject)
        raises(TypeError, pyjion.compile, subject)
        raises(TypeError, pyjion.dump, subject, "hir")
    raises(TypeError, pyjion.info)
    raises(TypeError, pyjion.info, hot, hot)
    raises(TypeError, pyjion.status, 1)

    before = pyjion.get_threshold()
    pyjion.set_threshold(7)
    assert pyjion.get_threshold() == 7
    raises(ValueError, pyjion.set_threshold, 0)
    raises(ValueError, pyjion.set_threshold, -5)
    raises(TypeError, pyjion.set_threshold, "7")
    raises(TypeError, pyjion.set_threshold, 7.5)
    assert pyjion.get_threshold() == 7
    pyjion.set_threshold(before)

    assert pyjion.stats()["frames"] >= 0
    assert "LoadFast" in pyjion.dump(hot, "bytecode") or "LOAD_FAST" in pyjion.dump(hot, "bytecode")
    raises(ValueError, pyjion.dump, hot, "bitecode")
    raises(TypeError, pyjion.dump, hot)
    for name in "enable disable status info set_threshold get_threshold compile stats dump".split():
        assert getattr(pyjion, name).__doc__, name
    assert "PYJION_THRESHOLD" in pyjion.__doc__

    # Whether it can be compiled depends on the mode the tests run in; the answer is consistent.
    try:
        assert pyjion.compile(hot) is True
        assert pyjion.info(hot)["compiled"] and pyjion.info(hot)["failed"] is None
    except RuntimeError as error:
        assert pyjion.info(hot)["failed"] == str(error), error


if pyjion is not None:
    check()
print(hot(10), "checked")
