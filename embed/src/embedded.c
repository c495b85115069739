/* What libpython has besides, for programs that are not ours: tells the JIT that it has been loaded, and so that it is
   to be there when the first frame runs.

   In an archive this is in one member with CPython's evaluator, which no program with Python in it does without. */

__attribute__((visibility("hidden"))) extern void pyjion_embed(void);

__attribute__((constructor)) static void
loaded(void)
{
    pyjion_embed();
}
