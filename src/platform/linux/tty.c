#include "platform/tty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool platform_tty_is(int fd)
{
    return isatty(fd) == 1;
}

int platform_tty_width(int fd)
{
    struct winsize size = { 0 };
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
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
