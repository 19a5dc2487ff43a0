#include "platform/linux/stamp.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"

enum { AGE_MAX_US = 5000000 }; /* what lay longer in a queue than this was stamped by another clock */

void stamp_enable(int fd)
{
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

int64_t stamp_of(struct msghdr *message)
{
    const int64_t now_us = clock_monotonic_us();
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        struct timespec at;
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SO_TIMESTAMPNS ||
            header->cmsg_len < CMSG_LEN(sizeof(at))) {
            continue;
        }
        memcpy(&at, CMSG_DATA(header), sizeof(at));
        const int64_t age_us = clock_wall_us() - ((int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000);
        return age_us >= 0 && age_us <= AGE_MAX_US ? now_us - age_us : now_us;
    }
    return now_us;
}
