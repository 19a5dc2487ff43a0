#include "platform/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"

bool platform_tty_is(int fd)
{
    return isatty(fd) == 1;
}

static bool size_of(int fd, struct winsize *size)
{
    return ioctl(fd, TIOCGWINSZ, size) == 0;
}

int platform_tty_width(int fd)
{
    struct winsize size;
    return size_of(fd, &size) ? size.ws_col : 0;
}

int platform_tty_height(int fd)
{
    struct winsize size;
    return size_of(fd, &size) ? size.ws_row : 0;
}

struct platform_tty_keys {
    int fd;
    struct termios before;
};

bool platform_tty_front(int fd)
{
    const pid_t front = tcgetpgrp(fd);
    return front < 0 || front == getpgrp(); /* below 0: not a terminal that governs this process */
}

void platform_tty_suspend(void)
{
    kill(0, SIGTSTP);
}

struct platform_tty_keys *platform_tty_keys_on(int fd)
{
    struct platform_tty_keys *keys = alloc_new(sizeof(*keys));
    if (keys == NULL || !platform_tty_front(fd) || tcgetattr(fd, &keys->before) != 0) {
        alloc_free(keys);
        return NULL;
    }
    struct termios now = keys->before;
    keys->fd = fd;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    now.c_cc[VSUSP] = _POSIX_VDISABLE;
    if (tcsetattr(fd, TCSANOW, &now) != 0) {
        alloc_free(keys);
        return NULL;
    }
    return keys;
}

void platform_tty_keys_off(struct platform_tty_keys *keys)
{
    if (keys != NULL && platform_tty_front(keys->fd)) {
        tcsetattr(keys->fd, TCSANOW, &keys->before);
    }
    alloc_free(keys);
}

/* One key after the other, straight into the secret's pages. */
static bool read_keys(int fd, struct secret *secret)
{
    enum { KEY_GIVE_UP = 3, KEY_END = 4, KEY_BACK = 8, KEY_CLEAR = 21, KEY_DELETE = 127 };
    size_t size = 0;
    uint8_t key = 0;
    for (;;) {
        const ssize_t got = read(fd, &key, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || key == KEY_GIVE_UP || key == KEY_END) {
            return false;
        }
        if (key == '\n' || key == '\r') {
            break;
        }
        if (key == KEY_BACK || key == KEY_DELETE) {
            /* a whole character: its continuation bytes go with it */
            while (size > 0 && (secret_bytes(secret)[--size] & 0xc0) == 0x80) {
            }
        } else if (key == KEY_CLEAR) {
            size = 0;
        } else if (size == secret_room(secret)) {
            return false;
        } else {
            secret_bytes(secret)[size++] = key;
        }
    }
    secret_wipe(&key, sizeof(key));
    secret_set_size(secret, size);
    return true;
}

bool platform_tty_ask_secret(const char *prompt, struct secret *secret, struct error *error)
{
    struct termios before;
    const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || tcgetattr(fd, &before) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return error_set(error, ERROR_USAGE,
                         "a password is needed, and there is no terminal to ask on; give --password-file F (- is "
                         "standard input) or RDPWHY_PASSWORD");
    }
    struct termios now = before;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    bool good = tcsetattr(fd, TCSAFLUSH, &now) == 0;
    if (good) {
        (void)!write(fd, prompt, strlen(prompt));
        good = read_keys(fd, secret);
        (void)!write(fd, "\n", 1);
        tcsetattr(fd, TCSAFLUSH, &before);
    }
    close(fd);
    return good || error_set(error, ERROR_USAGE, "no password was given");
}

bool platform_tty_occupy(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        /* the lowest free number is given out, so this is `fd` itself */
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return false;
        }
    }
    return true;
}
