/* A program that embeds Python: it initialises it several times, with what is asked for on the command line, and has
   each of the sources that follow run by each interpreter.

   program [-E] TIMES SOURCE... */

#include <Python.h>

static int
run_all(int count, char **sources)
{
    int i, failed = 0;
    for (i = 0; i < count; i++)
        failed |= PyRun_SimpleString(sources[i]) != 0;
    return failed;
}

int
main(int argc, char **argv)
{
    int times, failed = 0, arguments = 1;
    if (argc > 1 && strcmp(argv[1], "-E") == 0) {
        Py_IgnoreEnvironmentFlag = 1;
        arguments++;
    }
    if (argc < arguments + 2)
        return 2;
    for (times = atoi(argv[arguments]); times > 0; times--) {
        PyThreadState *first, *second;
        Py_Initialize();
        PyEval_InitThreads();
        failed |= run_all(argc - arguments - 1, argv + arguments + 1);
        first = PyThreadState_Get();
        second = Py_NewInterpreter();
        failed |= run_all(argc - arguments - 1, argv + arguments + 1);
        Py_EndInterpreter(second);
        PyThreadState_Swap(first);
        Py_Finalize();
    }
    return failed;
}
