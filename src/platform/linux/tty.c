#include "platform/tty.h"

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
