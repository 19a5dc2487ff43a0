/* One question to a program's control socket on this machine. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/sockaddr.h"
#include "platform/tunnel.h"

enum { LIMIT_US = 250000, PIECE = 4096 };

/* Waits for the socket, as long as is left. */
static bool ready(int fd, short what, int64_t until_us)
{
    const int64_t left = until_us - clock_monotonic_us();
    struct pollfd wait = { .fd = fd, .events = what };
    return left > 0 && poll(&wait, 1, (int)((left + 999) / 1000)) > 0;
}

static int reach(const struct platform_control *control, int64_t until_us)
{
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr_storage storage = { .ss_family = AF_UNSPEC };
    const struct sockaddr *to = (const struct sockaddr *)&local;
    socklen_t size = sizeof(local);
    int fd = -1;
    if (control->path != NULL) {
        if (strlen(control->path) >= sizeof(local.sun_path)) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(local.sun_path, control->path, strlen(control->path) + 1);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    } else {
        size = platform_sockaddr(&control->address, control->port, &storage);
        to = (const struct sockaddr *)&storage;
        fd = platform_socket(control->address.family, SOCK_STREAM, 0);
    }
    if (fd < 0 || connect(fd, to, size) == 0) {
        return fd;
    }
    int code = errno;
    socklen_t code_size = sizeof(code);
    if (code == EINPROGRESS && ready(fd, POLLOUT, until_us) &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &code_size) == 0 && code == 0) {
        return fd;
    }
    close(fd);
    errno = code;
    return -1;
}

static bool send_whole(int fd, const uint8_t *bytes, size_t size, int64_t until_us)
{
    while (size > 0) {
        const ssize_t sent = ready(fd, POLLOUT, until_us) ? send(fd, bytes, size, MSG_NOSIGNAL) : -1;
        if (sent < 0) {
            return false;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

enum platform_told platform_control_ask(const struct platform_control *control, const void *question, size_t size,
                                        bool (*whole)(const uint8_t *bytes, size_t size), struct buffer *answer)
{
    const int64_t until_us = clock_monotonic_us() + LIMIT_US;
    if (control->path == NULL && address_class_of(&control->address) != ADDRESS_CLASS_LOOPBACK) {
        return PLATFORM_TOLD_NOTHING;
    }
    const int fd = reach(control, until_us);
    if (fd < 0) {
        return errno == EACCES || errno == EPERM ? PLATFORM_TOLD_FORBIDDEN : PLATFORM_TOLD_NOTHING;
    }
    bool more = send_whole(fd, question, size, until_us);
    while (more && !whole(answer->bytes, answer->size)) {
        uint8_t piece[PIECE];
        const ssize_t got = ready(fd, POLLIN, until_us) ? recv(fd, piece, sizeof(piece), 0) : 0;
        more = got > 0 && buffer_add(answer, piece, (size_t)got);
    }
    close(fd);
    return answer->size > 0 && whole(answer->bytes, answer->size) ? PLATFORM_TOLD : PLATFORM_TOLD_NOTHING;
}
