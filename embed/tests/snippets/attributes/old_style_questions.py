# Truth of, and iteration over, instances of old-style classes, which are asked for methods that they lack; names of
# attributes in unicode. On 3.x the classes are new ones.
from __future__ import print_function


def truth(thing):
    return "yes" if thing else "no"


def items(thing):
    return [item for item in thing]


def told(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


class Plain:
    pass


class Base:
    pass


class Derived(Base):
    pass


class Nonzero:
    def __nonzero__(self):
        return 0

    __bool__ = lambda self: False


class Length:
    def __len__(self):
        return 0


class Inherits(Base, Length):
    pass


class Getattr:
    def __getattr__(self, name):
        asked.append(name)
        raise AttributeError(name)


class Wrong:
    def __len__(self):
        return -1


class Items:
    def __getitem__(self, index):
        if index > 3:
            raise IndexError
        return index * 2


class ItemsBelow(Base, Items):
    pass


class Iter:
    def __iter__(self):
        return iter("it")


class Both(Items):
    def __iter__(self):
        return iter("both")


class Raises:
    @property
    def __getitem__(self):
        asked.append("property")
        raise KeyError("no")


class Made:
    def __getattr__(self, name):
        asked.append(name)
        if name == "__getitem__":
            return [4, 5].__getitem__
        raise AttributeError(name)


asked = []
things = [Plain(), Derived(), Nonzero(), Length(), Inherits(), Getattr(), Wrong(), Items(), ItemsBelow(), Iter(), Both(),
          Raises(), Made(), Plain, Items, object()]
own = Plain()
own.__nonzero__ = lambda: 0
own.__len__ = lambda: 0
own_items = Plain()
own_items.__getitem__ = lambda index: "xy"[index]
things += [own, own_items]
for turn in range(30):
    del asked[:]
    results = [(told(truth, thing), told(items, thing)) for thing in things]
for result in results:
    print(str(result).replace("__main__.", "").split(" at 0x")[0])
print(asked)


# Each in a loop of its own that is hot, and classes that change under it.
def changes():
    plain, derived, listed = Plain(), Derived(), ItemsBelow()
    seen = []
    for turn in range(120):
        seen.append((truth(plain), truth(derived), truth(listed), told(items, listed)))
        if turn == 60:
            Base.__len__ = lambda self: 0
            Base.__iter__ = lambda self: iter([turn])
        if turn == 80:
            Plain.__nonzero__ = Plain.__bool__ = lambda self: False
            del Base.__len__
        if turn == 90:
            Base.__getattr__ = lambda self, name: asked.append(name) or getattr(3, name)
            del Base.__iter__
        if turn == 100:
            del Base.__getattr__, Plain.__nonzero__, Plain.__bool__
        if turn == 110:
            listed.__class__ = Both
    return seen


seen = changes()
shown = [seen[0]] + [now for before, now in zip(seen, seen[1:]) if before != now]
print(shown)


class New(object):
    here = 1


def ask(thing, name):
    return hasattr(thing, name), getattr(thing, name, "default"), told(getattr, thing, name)


for turn in range(60):
    asked_by_name = [ask(thing, name) for thing in (New(), New, 3, u"text") for name in
                     (u"here", "here", u"there", u"upper", u"__class__")]
    asked_by_name.append([told(hasattr, New(), name) for name in (u"\xe9", 3, None, b"here")][1:3])
print([str(result).split(" at 0x")[0] for result in asked_by_name])
