/* What an executable, or a libpython, has to export besides CPython's C API: functions of the C library, which the linker
   finds here first, so that extension modules and ctypes.CDLL(None) call these.

   unshare() and setns() are for processes of one thread: they let the thread that compiles end first.

   dladdr() knows of machine code that no file holds. Who looks at the C stack takes an address that it does
   not know of for a failure: numpy never again reuses a temporary array after that.

   Their own file, outside of the library of the Rust side, of which nothing is exported. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stddef.h>

extern void *pyjion_code_base(const void *address);
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

int
dladdr(const void *address, Dl_info *info)
{
    int (*function)(const void *, Dl_info *) = (int (*)(const void *, Dl_info *))find("dladdr");
    int found = function != NULL ? function(address, info) : 0;
    void *base;
    if (found == 0 && (base = pyjion_code_base(address)) != NULL) {
        info->dli_fname = "[pyjion]";
        info->dli_fbase = base;
        info->dli_sname = NULL;
        info->dli_saddr = NULL;
        found = 1;
    }
    return found;
}
