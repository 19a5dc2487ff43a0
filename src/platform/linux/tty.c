#include "platform/tty.h"

#include <fcntl.h>
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

struct platform_tty_keys *platform_tty_keys_on(int fd)
{
    struct platform_tty_keys *keys = alloc_new(sizeof(*keys));
    if (keys == NULL || tcgetattr(fd, &keys->before) != 0) {
        alloc_free(keys);
        return NULL;
    }
    struct termios now = keys->before;
    keys->fd = fd;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSANOW, &now) != 0) {
        alloc_free(keys);
        return NULL;
    }
    return keys;
}

void platform_tty_keys_off(struct platform_tty_keys *keys)
{
    if (keys != NULL) {
        tcsetattr(keys->fd, TCSANOW, &keys->before);
        alloc_free(keys);
    }
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
