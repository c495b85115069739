"""What a worker says of itself: its number, and what the JIT has to do with it."""

import os


def state():
    """Of this process; `code` is how many code objects have machine code, and None where there is no JIT."""
    try:
        import pyjion
    except ImportError:
        return {'pid': os.getpid(), 'enabled': False, 'code': None}
    status = pyjion.status()
    return {'pid': os.getpid(), 'enabled': status['enabled'], 'code': status['states']['hot']}
