/* Questions to the kernel with many answers, and the attributes of any answer. */
#ifndef RDPWHY_PLATFORM_LINUX_NETLINK_H
#define RDPWHY_PLATFORM_LINUX_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "base/address.h"

/* Walks attributes by copies: nothing is cast onto the message. */
struct attribute {
    unsigned short type;
    const uint8_t *value;
    size_t size;
};

struct walk {
    const uint8_t *at;
    size_t left;
};

/* The attributes behind `body_size` bytes of the message's own struct. */
struct walk netlink_walk(const struct nlmsghdr *message, size_t body_size);
bool netlink_next(struct walk *walk, struct attribute *attribute);
uint32_t netlink_number(const struct attribute *attribute);
void netlink_address(const uint8_t *bytes, size_t size, struct address *address);

/* Sends `question` (a whole message) and hands each answer to `each`, until it says false. Returns 0, or an errno: the
 * kernel's refusal, or our own failure. */
int netlink_dump(int protocol, const struct nlmsghdr *question,
                 bool (*each)(void *context, const struct nlmsghdr *message), void *context);

#endif
