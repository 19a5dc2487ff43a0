/* Terminals. */
#ifndef RDPWHY_PLATFORM_TTY_H
#define RDPWHY_PLATFORM_TTY_H

#include <stdbool.h>

bool platform_tty_is(int fd);
int platform_tty_width(int fd); /* columns; 0: not a terminal, or it does not say */

#endif
