/* Evaluators of somebody else's, as PEP 523 has them: one that counts the frames of the code it watches, and has
   whoever was there before run them; and one as debuggers have it, which knows of _PyEval_EvalFrameDefault alone. */

#include <Python.h>
#include <frameobject.h>

static _PyFrameEvalFunction before;
static Py_ssize_t index_of_seen = -1;
static long freed;

/* The frames of a code object that were seen.  Where its first argument counts the calls of a run, the frames seen
   are those from one call to another if none is missing between these. */
typedef struct {
    long frames;
    long first;
    long last;
    int is_gapless;
} Seen;

static void
free_seen(void *seen)
{
    PyMem_Free(seen);
    freed++;
}

static void
note_argument(Seen *seen, PyFrameObject *frame)
{
    PyObject *argument = frame->f_code->co_argcount > 0 ? frame->f_localsplus[0] : NULL;
    long number;

#if PY_MAJOR_VERSION < 3
    if (argument == NULL || !PyInt_CheckExact(argument))
        return;
    number = PyInt_AS_LONG(argument);
#else
    int overflow;
    if (argument == NULL || !PyLong_CheckExact(argument))
        return;
    number = PyLong_AsLongAndOverflow(argument, &overflow);
#endif
    if (seen->frames == 1)
        seen->first = number;
    else if (number != seen->last + 1)
        seen->is_gapless = 0;
    seen->last = number;
}

static PyObject *
evaluate(struct _frame *frame, int throwing)
{
    void *seen = NULL;
    if (_PyCode_GetExtra((PyObject *)frame->f_code, index_of_seen, &seen) == 0 && seen != NULL) {
        ++((Seen *)seen)->frames;
        note_argument(seen, frame);
    }
    return before(frame, throwing);
}

static int
put_in_place(void *unused)
{
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    if (interpreter->eval_frame != evaluate) {
        before = interpreter->eval_frame;
        interpreter->eval_frame = evaluate;
    }
    return 0;
}

static int
take_away(void *unused)
{
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    if (interpreter->eval_frame == evaluate)
        interpreter->eval_frame = before;
    return 0;
}

static PyObject *
install(PyObject *self, PyObject *unused)
{
    put_in_place(NULL);
    Py_RETURN_NONE;
}

static PyObject *
remove_(PyObject *self, PyObject *unused)
{
    take_away(NULL);
    Py_RETURN_NONE;
}

/* The same when the interpreter next looks for something to do between two instructions. */
static PyObject *
soon(PyObject *self, PyObject *on)
{
    if (Py_AddPendingCall(PyObject_IsTrue(on) ? put_in_place : take_away, NULL) < 0) {
        PyErr_SetString(PyExc_RuntimeError, "too much to do already");
        return NULL;
    }
    Py_RETURN_NONE;
}

static long debugged;

static PyObject *
evaluate_debugged(struct _frame *frame, int throwing)
{
    debugged++;
    return _PyEval_EvalFrameDefault(frame, throwing);
}

static PyObject *
debug(PyObject *self, PyObject *on)
{
    PyThreadState_Get()->interp->eval_frame =
        PyObject_IsTrue(on) ? evaluate_debugged : _PyEval_EvalFrameDefault;
    return PyLong_FromLong(debugged);
}

static PyObject *
watch(PyObject *self, PyObject *code)
{
    Seen *seen = PyMem_Malloc(sizeof(Seen));
    if (seen == NULL)
        return PyErr_NoMemory();
    seen->frames = seen->first = seen->last = 0;
    seen->is_gapless = 1;
    if (_PyCode_SetExtra(code, index_of_seen, seen) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
count(PyObject *self, PyObject *code)
{
    void *seen = NULL;
    if (_PyCode_GetExtra(code, index_of_seen, &seen) < 0)
        return NULL;
    return Py_BuildValue("l", seen == NULL ? -1 : ((Seen *)seen)->frames);
}

/* The first and the last argument that was seen; None if others were missing between them. */
static PyObject *
span(PyObject *self, PyObject *code)
{
    void *found = NULL;
    Seen *seen;
    if (_PyCode_GetExtra(code, index_of_seen, &found) < 0)
        return NULL;
    seen = found;
    if (seen == NULL || !seen->is_gapless || seen->frames != seen->last - seen->first + 1)
        Py_RETURN_NONE;
    return Py_BuildValue("ll", seen->first, seen->last);
}

static PyObject *
count_freed(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(freed);
}

static PyMethodDef methods[] = {
    {"install", install, METH_NOARGS, NULL},
    {"remove", remove_, METH_NOARGS, NULL},
    {"soon", soon, METH_O, NULL},
    {"debug", debug, METH_O, NULL},
    {"watch", watch, METH_O, NULL},
    {"count", count, METH_O, NULL},
    {"span", span, METH_O, NULL},
    {"freed", count_freed, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

#if PY_MAJOR_VERSION < 3
PyMODINIT_FUNC
initevaluator(void)
{
    index_of_seen = _PyEval_RequestCodeExtraIndex(free_seen);
    Py_InitModule("evaluator", methods);
}
#else
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "evaluator", NULL, -1, methods};

PyMODINIT_FUNC
PyInit_evaluator(void)
{
    index_of_seen = _PyEval_RequestCodeExtraIndex(free_seen);
    return PyModule_Create(&module);
}
#endif
