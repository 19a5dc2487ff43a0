#include "platform/linux/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

enum { ANSWER_SIZE = 32768, WAIT_US = 500000, MESSAGES_MAX = 4096 };

struct walk netlink_walk(const struct nlmsghdr *message, size_t body_size)
{
    const size_t before = NLMSG_ALIGN(NLMSG_HDRLEN + body_size);
    const size_t size = message->nlmsg_len;
    return (struct walk){ .at = (const uint8_t *)message + before, .left = size > before ? size - before : 0 };
}

bool netlink_next(struct walk *walk, struct attribute *attribute)
{
    struct rtattr header;
    if (walk->left < sizeof(header)) {
        return false;
    }
    memcpy(&header, walk->at, sizeof(header));
    if (header.rta_len < sizeof(header) || header.rta_len > walk->left) {
        return false;
    }
    attribute->type = header.rta_type & NLA_TYPE_MASK;
    attribute->value = walk->at + RTA_LENGTH(0);
    attribute->size = header.rta_len - RTA_LENGTH(0);
    const size_t step = RTA_ALIGN(header.rta_len);
    walk->at += step < walk->left ? step : walk->left;
    walk->left -= step < walk->left ? step : walk->left;
    return true;
}

uint32_t netlink_number(const struct attribute *attribute)
{
    uint32_t value = 0;
    memcpy(&value, attribute->value, attribute->size < sizeof(value) ? attribute->size : sizeof(value));
    return value;
}

void netlink_address(const uint8_t *bytes, size_t size, struct address *address)
{
    if (size == 4 || size == 16) {
        *address = (struct address){ .family = size == 4 ? ADDRESS_V4 : ADDRESS_V6 };
        memcpy(address->bytes, bytes, size);
    }
}

static int refusal_of(const struct nlmsghdr *message)
{
    struct nlmsgerr refusal = { .error = 0 };
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(refusal))) {
        return EPROTO;
    }
    memcpy(&refusal, NLMSG_DATA(message), sizeof(refusal));
    return -refusal.error;
}

/* Goes through one datagram; `*over` when nothing follows it. */
static int read_answers(const struct nlmsghdr *first, size_t size,
                        bool (*each)(void *context, const struct nlmsghdr *message), void *context, bool *over)
{
    const struct nlmsghdr *message = first;
    int left = (int)size;
    for (; NLMSG_OK(message, (unsigned)left) && !*over; message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_ERROR) {
            *over = true;
            return refusal_of(message);
        }
        *over = message->nlmsg_type == NLMSG_DONE || !each(context, message);
        *over = *over || (message->nlmsg_flags & NLM_F_MULTI) == 0;
    }
    return 0;
}

int netlink_dump(int protocol, const struct nlmsghdr *question,
                 bool (*each)(void *context, const struct nlmsghdr *message), void *context)
{
    union {
        struct nlmsghdr header;
        uint8_t bytes[ANSWER_SIZE];
    } answer;
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) {
        return errno;
    }
    const struct timeval wait = { .tv_usec = WAIT_US };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    int code = 0;
    bool over = false;
    if (sendto(fd, question, question->nlmsg_len, 0, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0) {
        code = errno;
        over = true;
    }
    for (size_t i = 0; !over && i < MESSAGES_MAX; i++) {
        const ssize_t size = recv(fd, answer.bytes, sizeof(answer.bytes), 0);
        if (size < 0) {
            code = errno;
            over = true;
        } else {
            code = read_answers(&answer.header, (size_t)size, each, context, &over);
        }
    }
    close(fd);
    return code;
}
