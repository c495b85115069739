# Forks once for every program it is told about, so that a run costs no start-up and a crash only itself.
# A line on stdin is `PROGRAM STDOUT STDERR SECONDS`, each path without blanks; the answer is the wait status.
import os
import signal
import sys


def serve():
    # The server itself is never compiled: every child starts from the same state of the JIT.
    jit = None
    if os.environ.get('PYJION') != '0' and 'pyjion' in sys.builtin_module_names:
        import pyjion as jit
        jit.disable()
    while True:
        line = sys.stdin.readline()
        if not line:
            os._exit(0)
        program, out, err, limit = line.split()
        child = os.fork()
        if child:
            os.write(1, ('%d\n' % os.waitpid(child, 0)[1]).encode('ascii'))
            continue
        for path, number, flags in (
                ('/dev/null', 0, os.O_RDONLY),
                (out, 1, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                (err, 2, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
            opened = os.open(path, flags, 0o644)
            os.dup2(opened, number)
            os.close(opened)
        with open(program) as file:
            source = file.read()
        # The default action of these signals ends the process even where no Python code runs any more.
        # What counts is the time it worked, as others may keep the machine busy.
        signal.setitimer(signal.ITIMER_PROF, float(limit))
        signal.setitimer(signal.ITIMER_REAL, 20 * float(limit))
        if jit:
            jit.enable()
        return compile(source, 'program.py', 'exec', 0, True)


sys.dont_write_bytecode = True
exec(serve(), {'__name__': '__main__', '__builtins__': __builtins__})
