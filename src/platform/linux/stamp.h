/* When the kernel got a packet: not when the scheduler let us look. */
#ifndef RDPWHY_PLATFORM_LINUX_STAMP_H
#define RDPWHY_PLATFORM_LINUX_STAMP_H

#include <stdint.h>
#include <sys/socket.h>

/* Asks for the time of every packet. An old kernel tells none. */
void stamp_enable(int fd);
/* Monotonic microseconds of a received message; now when the kernel does not tell. The kernel's stamp is wall time: it
 * is taken as an age, so that a clock that was set meanwhile does no harm. */
int64_t stamp_of(struct msghdr *message);

#endif
