/* Terminals. */
#ifndef RDPWHY_PLATFORM_TTY_H
#define RDPWHY_PLATFORM_TTY_H

#include <stdbool.h>

bool platform_tty_is(int fd);
/* Puts something harmless in place of standard streams that the caller has closed: otherwise the next socket takes
 * their numbers, and what is meant for a person goes to the server. Writing to such a stream still fails. */
bool platform_tty_occupy(void);
int platform_tty_width(int fd); /* columns; 0: not a terminal, or it does not say */

#endif
