/* What this process may do beyond an ordinary user; for evidence.privileges. */
#ifndef RDPWHY_PLATFORM_PRIVILEGES_H
#define RDPWHY_PLATFORM_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum { PLATFORM_PRIVILEGES_MAX = 4 };

/* Names of those we have, of "net_raw", "net_admin"; returns how many. */
size_t platform_privileges(const char *names[PLATFORM_PRIVILEGES_MAX]);
/* Gives up every capability of this process for good: sockets that needed one are open by now. */
bool platform_privileges_drop(void) MUST_USE;

#endif
