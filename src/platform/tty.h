/* Terminals. */
#ifndef RDPWHY_PLATFORM_TTY_H
#define RDPWHY_PLATFORM_TTY_H

#include <stdbool.h>

#include "platform/secret.h"

bool platform_tty_is(int fd);
/* Puts something harmless in place of standard streams that the caller has closed: otherwise the next socket takes
 * their numbers, and what is meant for a person goes to the server. Writing to such a stream still fails. */
bool platform_tty_occupy(void);
int platform_tty_width(int fd);  /* columns; 0: not a terminal, or it does not say */
int platform_tty_height(int fd); /* lines; likewise */

/* Asks on the terminal of this process, whatever its standard streams are; nothing that is typed is shown. Backspace
 * and Ctrl-U correct, Ctrl-C gives up. False: no terminal, given up, or longer than the secret's room. */
bool platform_tty_ask_secret(const char *prompt, struct secret *secret, struct error *error) MUST_USE;

struct platform_tty_keys;

/* Single keys, unseen, instead of whole lines; Ctrl-C still interrupts, Ctrl-Z is a key. NULL: not possible here, or
 * not ours to do (platform_tty_front). */
struct platform_tty_keys *platform_tty_keys_on(int fd);
/* As it was before, unless the terminal is somebody else's by now. Frees; NULL is fine. */
void platform_tty_keys_off(struct platform_tty_keys *keys);
/* This process is in the terminal's foreground: elsewhere what it does to the terminal stops it, and disturbs others.
 */
bool platform_tty_front(int fd);
/* What Ctrl-Z does: returns when this process goes on, in the foreground or not. */
void platform_tty_suspend(void);

#endif
