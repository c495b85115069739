"""Handlers of Tornado: coroutines, templates, JSON, and one that asks its own server."""

import json
import os

from tornado import gen, httpclient, httpserver, ioloop, locks, template, web

import worker

PAGE = template.Template('''<title>{{ escape(title) }}</title>{% for row in rows %}<p class="{{ row['kind'] }}">
{% if row['n'] % 3 %}{{ row['n'] }}{% else %}{{ escape(row['text']) }}{% end %}</p>{% end %}''')
PORT = int(os.environ['STACK_PORT'])
lock = locks.Semaphore(2)


def rows(number):
    return [{'n': n, 'kind': 'odd' if n & 1 else 'even', 'text': '<%d&%d>' % (number, n)} for n in range(number % 40)]


class Worker(web.RequestHandler):
    def get(self):
        self.write(worker.state())


class Page(web.RequestHandler):
    def get(self, number):
        self.write(PAGE.generate(title=u'page <%s>' % number, rows=rows(int(number))))


class Tree(web.RequestHandler):
    @gen.coroutine
    def build(self, number, depth):
        if depth == 0:
            raise gen.Return(number)
        if depth & 1:
            yield gen.moment
        left, right = yield [self.build(number * 2, depth - 1), self.build(number * 2 + 1, depth - 1)]
        raise gen.Return([left, right])

    @gen.coroutine
    def get(self, number):
        with (yield lock.acquire()):
            tree = yield self.build(int(number), 5)
        self.set_header('Content-Type', 'application/json')
        self.write(json.dumps(tree))


class Echo(web.RequestHandler):
    @gen.coroutine
    def put(self, number):
        body = json.loads(self.request.body.decode('utf-8'))
        yield gen.sleep(0.001)
        self.write({'number': int(number), 'body': body, 'arguments': sorted(self.request.arguments)})


class Proxy(web.RequestHandler):
    @gen.coroutine
    def get(self, number):
        client = httpclient.AsyncHTTPClient()
        answer = yield client.fetch('http://127.0.0.1:%d/page/%s' % (PORT, number))
        self.write({'length': len(answer.body), 'code': answer.code})


class Wrong(web.RequestHandler):
    def get(self, number):
        if int(number) % 2:
            raise web.HTTPError(418, 'odd')
        self.write({}[number])


def main():
    import logging
    logging.getLogger('tornado').setLevel(logging.CRITICAL)
    application = web.Application([
        (r'/worker', Worker), (r'/page/(\d+)', Page), (r'/tree/(\d+)', Tree), (r'/echo/(\d+)', Echo),
        (r'/proxy/(\d+)', Proxy), (r'/wrong/(\d+)', Wrong)])
    server = httpserver.HTTPServer(application)
    server.listen(PORT, '127.0.0.1')
    ioloop.IOLoop.current().start()


main()
