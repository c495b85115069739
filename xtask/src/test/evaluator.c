/* Evaluators of somebody else's, as PEP 523 has them: one that counts the frames of the code it watches, and has
   whoever was there before run them; and one as debuggers have it, which knows of _PyEval_EvalFrameDefault alone. */

#include <Python.h>
#include <frameobject.h>

static _PyFrameEvalFunction before;
static Py_ssize_t index_of_counts = -1;
static long freed;

static void
free_count(void *count)
{
    PyMem_Free(count);
    freed++;
}

static PyObject *
evaluate(struct _frame *frame, int throwing)
{
    void *count = NULL;
    if (_PyCode_GetExtra((PyObject *)frame->f_code, index_of_counts, &count) == 0 && count != NULL)
        ++*(long *)count;
    return before(frame, throwing);
}

static PyObject *
install(PyObject *self, PyObject *unused)
{
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    if (interpreter->eval_frame != evaluate) {
        before = interpreter->eval_frame;
        interpreter->eval_frame = evaluate;
    }
    Py_RETURN_NONE;
}

static PyObject *
remove_(PyObject *self, PyObject *unused)
{
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    if (interpreter->eval_frame == evaluate)
        interpreter->eval_frame = before;
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
    long *count = PyMem_Malloc(sizeof(long));
    if (count == NULL)
        return PyErr_NoMemory();
    *count = 0;
    if (_PyCode_SetExtra(code, index_of_counts, count) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
count(PyObject *self, PyObject *code)
{
    void *count = NULL;
    if (_PyCode_GetExtra(code, index_of_counts, &count) < 0)
        return NULL;
    return PyLong_FromLong(count == NULL ? -1 : *(long *)count);
}

static PyObject *
count_freed(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(freed);
}

static PyMethodDef methods[] = {
    {"install", install, METH_NOARGS, NULL},
    {"remove", remove_, METH_NOARGS, NULL},
    {"debug", debug, METH_O, NULL},
    {"watch", watch, METH_O, NULL},
    {"count", count, METH_O, NULL},
    {"freed", count_freed, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

#if PY_MAJOR_VERSION < 3
PyMODINIT_FUNC
initevaluator(void)
{
    index_of_counts = _PyEval_RequestCodeExtraIndex(free_count);
    Py_InitModule("evaluator", methods);
}
#else
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "evaluator", NULL, -1, methods};

PyMODINIT_FUNC
PyInit_evaluator(void)
{
    index_of_counts = _PyEval_RequestCodeExtraIndex(free_count);
    return PyModule_Create(&module);
}
#endif
