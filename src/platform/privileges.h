/* What this process may do beyond an ordinary user; for evidence.privileges. */
#ifndef RDPWHY_PLATFORM_PRIVILEGES_H
#define RDPWHY_PLATFORM_PRIVILEGES_H

#include <stddef.h>

enum { PLATFORM_PRIVILEGES_MAX = 4 };

/* Names of those we have, of "net_raw", "net_admin"; returns how many. */
size_t platform_privileges(const char *names[PLATFORM_PRIVILEGES_MAX]);

#endif
