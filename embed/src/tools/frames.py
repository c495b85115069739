

# What follows is Pyjion's. Above, a frame is found in the variables of the interpreter's loop, of which compiled code
# has none, and an optimised interpreter often none that GDB can read. Here it is found where Python itself has it: on
# the list that begins at the thread's state. Compiled functions have their frames there as all others.

import gdb.unwinder


def _fields(pointer, kind):
    return pointer.cast(gdb.lookup_type(kind).pointer()).dereference()


def _thread_states():
    '''The states of all threads, of all interpreters.'''
    interpreter = gdb.parse_and_eval('interp_head')
    while int(interpreter):
        state = interpreter['tstate_head']
        while int(state):
            yield state
            state = state['next']
        interpreter = interpreter['next']


def _current_state():
    '''The state of the selected thread, or None.'''
    states = list(_thread_states())
    try:
        thread = int(gdb.parse_and_eval('$fs_base')) & (2 ** 64 - 1)
    except gdb.error:
        return states[0] if len(states) == 1 else None
    own = [state for state in states if int(state['thread_id']) & (2 ** 64 - 1) == thread]
    # A thread may have one in each interpreter; what runs has frames.
    own.sort(key=lambda state: int(state['frame']) == 0)
    return own[0] if own else None


def _code_of_debugger():
    '''The newest frame of GDB, if GDB was told that it is compiled code.'''
    frame = gdb.newest_frame()
    return frame if (frame.name() or '').startswith('py::') else None


def _is_compiled(pc):
    '''Whether nothing that was loaded from a file has code there.'''
    return gdb.execute('info symbol 0x%x' % pc, to_string=True).startswith('No symbol') \
        and not gdb.current_progspace().solib_name(pc)


class _Running(object):
    '''A frame of Python, as an entry of a stack.'''

    def __init__(self, state, index, value):
        self.index = index
        self.pyop = PyFrameObjectPtr.from_pyobject_ptr(value)
        self.note = None
        if index == 0:
            self._look_at_registers()

    def _look_at_registers(self):
        '''Compiled code notes its line where others may look, which is before it calls anything.'''
        known = _code_of_debugger()
        if known is None:
            if _is_compiled(gdb.newest_frame().pc()):
                self.note = 'compiled code is running: the line and variables are those it noted last'
            return
        self.note = 'compiled code is running: variables may be in registers'
        line = known.find_sal()
        if line.line and known.name() == 'py::' + self.pyop.co_name.proxyval(set()):
            self.pyop.current_line_num = lambda: line.line

    def line(self):
        line = self.pyop.current_line()
        return None if line is None else line.strip()

    def print_traceback(self):
        write_unicode(sys.stdout, '  File "%s", line %s, in %s\n' % (
            self.pyop.co_filename.proxyval(set()), self.pyop.current_line_num(),
            self.pyop.co_name.proxyval(set())))
        line = self.line()
        if line is not None:
            write_unicode(sys.stdout, '    %s\n' % line)
        if self.note:
            sys.stdout.write('    (%s)\n' % self.note)

    def print_summary(self):
        write_unicode(sys.stdout, '#%i %s\n' % (self.index, self.pyop.get_truncated_repr(MAX_OUTPUT_LEN)))
        line = self.line()
        if line is not None:
            write_unicode(sys.stdout, '    %s\n' % line)
        if self.note:
            sys.stdout.write('    (%s)\n' % self.note)


# The frame that commands are about: how many newer ones there are, while the newest one is this.
_selected = {'newest': None, 'index': 0}


def _frames():
    '''All frames of the selected thread, the newest first.'''
    try:
        state = _current_state()
    except gdb.error as error:
        print('Unable to find the threads of Python: %s' % error)
        return
    if state is None:
        print('Unable to find the selected thread among those of Python')
        return
    value = state['frame']
    newest = (int(state), int(value))
    if _selected['newest'] != newest:
        _selected.update(newest=newest, index=0)
    index = 0
    while int(value):
        yield _Running(state, index, value)
        value = value['f_back']
        index += 1
    if not index:
        print('Python is running nothing in this thread')


def _frame():
    '''The selected one, or None, and then it was said why.'''
    for frame in _frames():
        if frame.index == _selected['index']:
            return frame
    return None


class _Command(gdb.Command):
    '''What all commands have.'''

    def __init__(self):
        gdb.Command.__init__(self, self.name, self.kind, gdb.COMPLETE_NONE)


class _Backtrace(_Command):
    'Display the Python frames of this thread, the newest first'
    name, kind = 'py-bt', gdb.COMMAND_STACK

    def invoke(self, args, from_tty):
        sys.stdout.write('Traceback (most recent call first):\n')
        for frame in _frames():
            frame.print_traceback()


class _BacktraceFull(_Command):
    'Display the Python frames of this thread with their variables, the newest first'
    name, kind = 'py-bt-full', gdb.COMMAND_STACK

    def invoke(self, args, from_tty):
        for frame in _frames():
            frame.print_summary()


class _Up(_Command):
    'Select and print the Python frame that called the selected one'
    name, kind, step, missing = 'py-up', gdb.COMMAND_STACK, 1, 'Unable to find an older python frame'

    def invoke(self, args, from_tty):
        if _frame() is None:
            return
        wanted = _selected['index'] + self.step
        for frame in _frames():
            if frame.index == wanted:
                _selected['index'] = wanted
                frame.print_summary()
                return
        print(self.missing)


class _Down(_Up):
    'Select and print the Python frame that the selected one called'
    name, step, missing = 'py-down', -1, 'Unable to find a newer python frame'


class _List(_Command):
    '''List the source of the selected Python frame

    Use
       py-list START
    to list at a different line number within the python source.

    Use
       py-list START, END
    to list a specific range of lines within the python source.
    '''
    name, kind = 'py-list', gdb.COMMAND_FILES

    def invoke(self, args, from_tty):
        frame = _frame()
        if frame is None:
            return
        current = frame.pyop.current_line_num()
        if current is None:
            print('Unable to read python frame line number')
            return
        numbers = [int(number) for number in args.replace(',', ' ').split()]
        start = numbers[0] if numbers else current - 5
        end = numbers[1] if len(numbers) > 1 else start + 10
        name = frame.pyop.filename()
        try:
            with open(name) as source:
                lines = source.readlines()
        except IOError as error:
            print('Unable to open %s: %s' % (name, error))
            return
        start = max(start, 1)
        for number, line in enumerate(lines[start - 1:end], start):
            mark = '>%d' % number if number == current else str(number)
            write_unicode(sys.stdout, '%4s    %s\n' % (mark, line.rstrip('\n')))


class _Locals(_Command):
    'Print the variables of the selected Python frame'
    name, kind = 'py-locals', gdb.COMMAND_DATA

    def invoke(self, args, from_tty):
        frame = _frame()
        if frame is None:
            return
        for name, value in frame.pyop.iter_locals():
            write_unicode(sys.stdout, '%s = %s\n' % (
                name.proxyval(set()), value.get_truncated_repr(MAX_OUTPUT_LEN)))
        if frame.note:
            sys.stdout.write('(%s)\n' % frame.note)


class _Print(_Command):
    'Look up the given python variable name, and print it'
    name, kind = 'py-print', gdb.COMMAND_DATA

    def invoke(self, args, from_tty):
        frame = _frame()
        if frame is None:
            return
        name = str(args)
        value, scope = frame.pyop.get_var_by_name(name)
        if value is None:
            print('%r not found' % name)
        else:
            print('%s %r = %s' % (scope, name, value.get_truncated_repr(MAX_OUTPUT_LEN)))


for _command in (_Backtrace, _BacktraceFull, _Up, _Down, _List, _Locals, _Print):
    _command()


class _FrameId(object):
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class _CompiledCode(gdb.unwinder.Unwinder):
    '''Finds the caller of compiled code that GDB was not told of: it keeps frame pointers.'''

    # More than this is no frame of compiled code.
    LARGEST = 1 << 20

    def __init__(self):
        gdb.unwinder.Unwinder.__init__(self, 'pyjion')

    def __call__(self, pending):
        # Registers go by other names on other processors.
        try:
            pc, sp, bp = (pending.read_register(name) for name in ('rip', 'rsp', 'rbp'))
        except ValueError:
            return None
        top, base = int(sp) & (2 ** 64 - 1), int(bp) & (2 ** 64 - 1)
        if not _is_compiled(int(pc) & (2 ** 64 - 1)) or not top <= base < top + self.LARGEST:
            return None
        word = gdb.lookup_type('unsigned long').pointer()
        try:
            saved = gdb.Value(base).cast(word)
            caller_bp, caller_pc = saved.dereference(), (saved + 1).dereference()
            caller_bp.fetch_lazy()
            caller_pc.fetch_lazy()
        except gdb.MemoryError:
            return None
        caller_sp = gdb.Value(base + 16)
        info = pending.create_unwind_info(_FrameId(caller_sp, pc))
        info.add_saved_register('rip', caller_pc)
        info.add_saved_register('rsp', caller_sp)
        info.add_saved_register('rbp', caller_bp)
        return info


gdb.unwinder.register_unwinder(None, _CompiledCode(), True)
