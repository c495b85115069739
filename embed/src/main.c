/* The program: registers the JIT, then runs CPython's own main().

   pyjion_cpython_main is Modules/python.c (Programs/python.c on 3.5) of the CPython at hand,
   compiled with its main renamed. */

extern int pyjion_register(int *argc, char ***argv);
extern int pyjion_cpython_main(int argc, char **argv);

int
main(int argc, char **argv)
{
    int status = pyjion_register(&argc, &argv);
    return status < 0 ? pyjion_cpython_main(argc, argv) : status;
}
