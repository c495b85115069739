"""Resources of Twisted's web server: deferreds, inline callbacks, threads, and a line protocol of its own beside it."""

import json
import os

from twisted.internet import defer, endpoints, protocol, reactor, task, threads
from twisted.protocols import basic
from twisted.web import resource, server

import worker


class Calculator(basic.LineReceiver):
    """Answers `1+2*3` with the value of the sum of products."""

    def lineReceived(self, line):
        total = 0
        for term in line.split(b'+'):
            product = 1
            for factor in term.split(b'*'):
                product *= int(factor)
            total += product
        self.sendLine(str(total).encode('ascii'))


class Question(basic.LineReceiver):
    def __init__(self, lines):
        self.lines, self.answers, self.done = lines, [], defer.Deferred()

    def connectionMade(self):
        for line in self.lines:
            self.sendLine(line.encode('ascii'))

    def lineReceived(self, line):
        self.answers.append(int(line))
        if len(self.answers) == len(self.lines):
            self.transport.loseConnection()
            self.done.callback(self.answers)


class Leaf(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        answer = defer.maybeDeferred(self.answer, request, int(request.args.get(b'n', [b'0'])[0]))
        answer.addCallbacks(self.succeeded, self.failed, [request], errbackArgs=[request])
        return server.NOT_DONE_YET

    render_PUT = render_GET

    def succeeded(self, value, request):
        request.setHeader(b'content-type', b'application/json')
        request.write(json.dumps(value, sort_keys=True).encode('utf-8'))
        request.finish()

    def failed(self, failure, request):
        request.setResponseCode(500)
        request.write(failure.type.__name__.encode('ascii'))
        request.finish()


class Worker(Leaf):
    def answer(self, request, number):
        return worker.state()


class Chain(Leaf):
    def answer(self, request, number):
        chain = defer.Deferred()
        for n in range(30):
            chain.addCallback(lambda value, n=n: value + n if value % 3 else {}[value])
            chain.addErrback(lambda failure, n=n: n + 1 if failure.check(KeyError) else failure)
        reactor.callLater(0, chain.callback, number)
        return chain


class Inline(Leaf):
    @defer.inlineCallbacks
    def answer(self, request, number):
        total = []
        for n in range(number % 10 + 5):
            value = yield task.deferLater(reactor, 0, lambda n=n: n * number)
            try:
                yield self.maybe(value)
            except ZeroDivisionError as error:
                total.append(str(error)[:7])
            total.append(value)
        defer.returnValue(total)

    @defer.inlineCallbacks
    def maybe(self, value):
        yield
        defer.returnValue(1 // (value % 4))


class Threaded(Leaf):
    def answer(self, request, number):
        def work():
            return sorted(str(n * number) for n in range(200))[:5]
        return defer.gatherResults([threads.deferToThread(work) for _ in range(2)])


class Ask(Leaf):
    def answer(self, request, number):
        question = Question(['%d*%d+%d' % (n, number, n) for n in range(10)])
        connected = endpoints.connectProtocol(
            endpoints.TCP4ClientEndpoint(reactor, '127.0.0.1', calculator.getHost().port), question)
        return connected.addCallback(lambda _: question.done)


class Wrong(Leaf):
    def answer(self, request, number):
        raise (KeyError if number % 2 else ValueError)(number)


class Echo(Leaf):
    def answer(self, request, number):
        return {'number': number, 'body': json.loads(request.content.read().decode('utf-8'))}


calculator = reactor.listenTCP(0, protocol.Factory.forProtocol(Calculator), interface='127.0.0.1')
root = resource.Resource()
for name, leaf in [('worker', Worker), ('chain', Chain), ('inline', Inline), ('threaded', Threaded), ('ask', Ask),
                   ('wrong', Wrong), ('echo', Echo)]:
    root.putChild(name.encode('ascii'), leaf())
reactor.listenTCP(int(os.environ['STACK_PORT']), server.Site(root), interface='127.0.0.1')
reactor.run()
