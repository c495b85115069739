"""Values as text that is the same wherever the values are: no addresses, and no order where a value has none."""
import numbers


def canonical(value):
    """The text; bytes are read as the characters of their values, so that the same program says the same in 2 and 3."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, type(u"")):
        return '"%s"' % value.encode("unicode_escape").decode("ascii")
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return "%d" % value
    if value is None or isinstance(value, numbers.Number):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join([canonical(item) for item in value])
    if isinstance(value, (set, frozenset)):
        return "{%s}" % ", ".join(sorted([canonical(item) for item in value]))
    if isinstance(value, dict):
        return "{%s}" % ", ".join(sorted([canonical(key) + ": " + canonical(value[key]) for key in value]))
    return type(value).__name__
