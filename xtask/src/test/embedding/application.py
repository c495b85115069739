"""What servers serve: the result of work.py, and what the JIT has to do with it."""


def application(environ, start_response):
    import work
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [('%r\n%s\n' % (work.result, work.jit())).encode()]
