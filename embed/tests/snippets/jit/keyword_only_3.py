# versions: 3.4, 3.5
# Parameters that are given by name only, in functions that compiled code calls.
import gc
import sys


def only(*, first=1, second=2):
    return first, second


def needed(first, *, second, third=3):
    return first, second, third


def mixed(first, second=2, *rest, third=3, fourth, **names):
    return first, second, rest, third, fourth, sorted(names.items())


def captured(first, *, second=2):
    return (lambda: (first, second))()


def rebound(first, *, second=2):
    second = second * 2
    return first, second


class Thing:
    def __init__(self, first, *, second=2):
        self.values = first, second

    def method(self, first, *, second=2):
        return self.values, first, second


def run(times):
    thing = Thing(0)
    results = []
    for number in range(times):
        results = [
            only(), only(first=number), only(second=number), only(second=1, first=number),
            needed(number, second=1), needed(second=number, first=1), needed(1, third=number, second=2),
            mixed(1, fourth=number), mixed(1, 2, 3, 4, fourth=number, fifth=5), mixed(first=number, fourth=1, third=2),
            captured(number), captured(number, second=3), captured(second=number, first=1),
            rebound(number), rebound(number, second=4),
            Thing(number).values, Thing(number, second=3).values,
            thing.method(number), thing.method(number, second=3), thing.method(first=number, second=3),
            only(**{"second": number}), needed(*[number], **{"second": 1}),
        ]
    return results


for result in run(3000):
    print(result)


def failing(call, times):
    messages = set()
    for number in range(times):
        try:
            call(number)
        except TypeError as error:
            messages.add(str(error))
    return sorted(messages)


for call in (lambda n: only(n), lambda n: needed(n), lambda n: needed(n, 1, second=2), lambda n: mixed(n),
             lambda n: only(third=n), lambda n: only(first=n, **{"first": 1}), lambda n: Thing(n, 1)):
    print(failing(call, 1500))

only.__kwdefaults__ = {"first": 10, "second": 20}
needed.__kwdefaults__["second"] = "default"
print(run(5)[:7])
del only.__kwdefaults__["first"]
print(failing(lambda n: only(), 1500), failing(lambda n: only(first=n), 1500))
only.__kwdefaults__ = None
print(failing(lambda n: only(), 1500), only(first=1, second=2))


class Noisy:
    def __del__(self):
        print("gone")


def holding(number, *, held=Noisy()):
    if number == 1500:
        holding.__kwdefaults__ = {"held": None}
        print("changed")
    return held is None, sys.getrefcount(held) if held is not None and number < 1500 else 0


def hold(times):
    for number in range(times):
        result = holding(number)
    return result


print(hold(1500), holding(1500), hold(10))

threshold = gc.get_threshold()
gc.set_threshold(2)
only.__kwdefaults__ = {"first": 1, "second": 2}
print(run(100)[-1])
gc.set_threshold(*threshold)
