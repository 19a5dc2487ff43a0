/* Calls into a library that keeps memory until the process ends: between the two, the leak checker of the sanitizer
 * build does not count. Elsewhere both do nothing. They nest. */
#ifndef RDPWHY_BASE_FOREIGN_H
#define RDPWHY_BASE_FOREIGN_H

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

static inline void foreign_begin(void)
{
    __lsan_disable();
}

static inline void foreign_end(void)
{
    __lsan_enable();
}
#else
static inline void foreign_begin(void)
{
}

static inline void foreign_end(void)
{
}
#endif

#endif
