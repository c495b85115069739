/* What the executable has to export besides CPython's C API: wrappers of system calls that are for
   processes of one thread. The linker finds them before those of the C library, so that extension
   modules and ctypes.CDLL(None) call these. They let the thread that compiles end first.

   Their own file, outside of the library of the Rust side, of which nothing is exported. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stddef.h>

extern int pyjion_begin_alone(void);
extern void pyjion_end_alone(int began);

/* What the C library has under this name, with errno set if it has nothing. */
static void *
find(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL)
        errno = ENOSYS;
    return function;
}

/* errno is for the caller's eyes: what is done before and after leaves it alone. */
static int
begin(void)
{
    int error = errno, began = pyjion_begin_alone();
    errno = error;
    return began;
}

static void
end(int began)
{
    int error = errno;
    pyjion_end_alone(began);
    errno = error;
}

int
unshare(int flags)
{
    int (*function)(int) = (int (*)(int))find("unshare");
    int result = -1;
    if (function != NULL) {
        int began = begin();
        result = function(flags);
        end(began);
    }
    return result;
}

int
setns(int descriptor, int type)
{
    int (*function)(int, int) = (int (*)(int, int))find("setns");
    int result = -1;
    if (function != NULL) {
        int began = begin();
        result = function(descriptor, type);
        end(began);
    }
    return result;
}
