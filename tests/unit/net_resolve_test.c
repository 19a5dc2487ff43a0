/* net/resolve against a small resolver of our own on loopback; the real ones are in tests/resolver. */
#include "unit/cmocka_all.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/poll.h"
#include "net/resolve.h"

enum { SECOND_US = 1000000, TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };

struct fake {
    struct net_loop *loop;
    int fd;
    struct net_poll *poll;
    struct net_resolver at;
    int questions;
    struct net_lookup *lookup;
    struct net_looked_up got;
    int calls;
};

static size_t put(uint8_t *to, const char *bytes, size_t size)
{
    memcpy(to, bytes, size);
    return size;
}

#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

/* The question is echoed; the first label says what to answer. */
static size_t answer(uint8_t *message, size_t size, int question)
{
    char label[64] = { 0 };
    memcpy(label, message + 13, message[12]);
    unsigned type = message[size - 4] * 256u + message[size - 3];
    message[2] = 0x81;
    message[3] = 0x80;
    if (strcmp(label, "silent") == 0 || (strcmp(label, "second") == 0 && question < 2)) {
        return 0;
    }
    if (strcmp(label, "nx") == 0) {
        message[3] |= 3;
    } else if (strcmp(label, "broken") == 0) {
        message[3] |= 2;
    } else if (strcmp(label, "denied") == 0) {
        message[3] |= 5;
    } else if (strcmp(label, "garbage") == 0) {
        message[7] = 200; /* says 200 answers, brings none */
    } else if (strcmp(label, "alias") == 0 && type == TYPE_A) {
        message[7] = 2;
        size += PUT(message + size, "\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x07\x04real\xc0");
        message[size++] = 18; /* "test", behind "alias" */
        size += PUT(message + size, "\x04real\x04test\0\0\x01\0\x01\0\0\x01\x2c\0\x04\xc0\0\x02\x0b");
    } else if (type == TYPE_A) {
        message[7] = 2;
        size += PUT(message + size, "\xc0\x0c\0\x01\0\x01\0\0\x01\x2c\0\x04\xc0\0\x02\x0a");
        size += PUT(message + size, "\xc0\x0c\0\x01\0\x01\0\0\x01\x2c\0\x04\xc0\0\x02\x09");
    } else if (type == TYPE_AAAA && strcmp(label, "dual") == 0) {
        message[7] = 1;
        size += PUT(message + size, "\xc0\x0c\0\x1c\0\x01\0\0\0\x05\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
    }
    return size;
}

static void on_question(void *context, int events)
{
    struct fake *fake = context;
    uint8_t message[1024];
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from);
    assert_int_equal(events & NET_POLL_FAILED, 0);
    ssize_t size = recvfrom(fake->fd, message, 512, 0, (struct sockaddr *)&from, &from_size);
    if (size < 17) {
        return;
    }
    size_t reply = answer(message, (size_t)size, fake->questions++);
    if (reply > 0) {
        assert_int_equal(sendto(fake->fd, message, reply, 0, (struct sockaddr *)&from, from_size), reply);
    }
}

static void on_done(void *context, const struct net_looked_up *looked_up)
{
    struct fake *fake = context;
    fake->got = *looked_up;
    fake->calls++;
    net_lookup_free(fake->lookup); /* from inside */
    fake->lookup = NULL;
    net_poll_free(fake->poll);
    fake->poll = NULL;
}

static void fake_init(struct fake *fake)
{
    *fake = (struct fake){ .loop = net_loop_new(NULL) };
    fake->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    assert_int_equal(bind(fake->fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(fake->fd, (struct sockaddr *)&at, &size), 0);
    fake->at = (struct net_resolver){ .port = ntohs(at.sin_port) };
    assert_true(address_parse("127.0.0.1", &fake->at.address));
    fake->poll = net_poll_new(fake->loop, fake->fd, on_question, fake, NULL);
    net_poll_want(fake->poll, NET_POLL_READ);
}

static void fake_release(struct fake *fake)
{
    net_poll_free(fake->poll);
    close(fake->fd);
    net_loop_free(fake->loop);
}

static void ask(struct fake *fake, const char *name, enum address_family family, int64_t limit_us)
{
    fake_init(fake);
    fake->lookup = net_lookup_ask(fake->loop, &fake->at, name, family, limit_us, on_done, fake, NULL);
    assert_non_null(fake->lookup);
    net_loop_run(fake->loop);
    assert_int_equal(fake->calls, 1);
    fake_release(fake);
}

static void assert_answer(const struct net_looked_up *got, size_t i, const char *address, int ttl)
{
    char text[ADDRESS_TEXT_SIZE];
    assert_true(i < got->count);
    address_format(&got->answers[i].address, text);
    assert_string_equal(text, address);
    assert_int_equal(got->answers[i].ttl_s, ttl);
}

static void addresses_with_ttl(void **state)
{
    (void)state;
    struct fake fake;
    ask(&fake, "v4only.test", ADDRESS_NONE, 5 * SECOND_US);
    assert_int_equal(fake.got.result, NET_LOOKUP_OK);
    assert_int_equal(fake.got.count, 2);
    assert_answer(&fake.got, 0, "192.0.2.10", 300);
    assert_answer(&fake.got, 1, "192.0.2.9", 300);
    assert_true(fake.got.took_us > 0 && fake.got.took_us < 5 * SECOND_US);
    ask(&fake, "dual.test", ADDRESS_NONE, 5 * SECOND_US);
    assert_int_equal(fake.got.count, 3);
    ask(&fake, "dual.test", ADDRESS_V6, 5 * SECOND_US);
    assert_int_equal(fake.questions, 1);
    assert_int_equal(fake.got.count, 1);
    assert_answer(&fake.got, 0, "2001:db8::1", 5);
    ask(&fake, "v4only.test", ADDRESS_V6, 5 * SECOND_US);
    assert_int_equal(fake.got.result, NET_LOOKUP_NO_DATA);
    assert_int_equal(fake.got.count, 0);
}

static void alias_is_followed(void **state)
{
    (void)state;
    struct fake fake;
    ask(&fake, "alias.test", ADDRESS_V4, 5 * SECOND_US);
    assert_int_equal(fake.got.result, NET_LOOKUP_OK);
    assert_answer(&fake.got, 0, "192.0.2.11", 60); /* the alias lives shorter */
    assert_string_equal(fake.got.canonical, "real.test");
}

static void refusals_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum net_lookup_result result;
    } cases[] = {
        { "nx.test", NET_LOOKUP_NOT_FOUND },
        { "broken.test", NET_LOOKUP_SERVFAIL },
        { "denied.test", NET_LOOKUP_REFUSED },
        { "garbage.test", NET_LOOKUP_OTHER },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake fake;
        ask(&fake, cases[i].name, ADDRESS_NONE, 5 * SECOND_US);
        assert_int_equal(fake.got.result, cases[i].result);
        assert_int_equal(fake.got.count, 0);
        assert_true(fake.got.took_us < 5 * SECOND_US);
    }
}

static void silence_takes_the_limit_and_one_repeat(void **state)
{
    (void)state;
    struct fake fake;
    ask(&fake, "silent.test", ADDRESS_NONE, 60000);
    assert_int_equal(fake.got.result, NET_LOOKUP_SILENT);
    assert_int_equal(fake.got.took_us, 60000);
    assert_int_equal(fake.questions, 4);
    ask(&fake, "second.test", ADDRESS_NONE, SECOND_US / 2); /* the first two get lost */
    assert_int_equal(fake.got.result, NET_LOOKUP_OK);
    assert_int_equal(fake.got.count, 2);
}

static void nobody_listens(void **state)
{
    (void)state;
    struct fake fake;
    fake_init(&fake);
    net_poll_free(fake.poll);
    fake.poll = NULL;
    close(fake.fd);
    fake.fd = -1;
    fake.lookup = net_lookup_ask(fake.loop, &fake.at, "x.test", ADDRESS_NONE, 5 * SECOND_US, on_done, &fake, NULL);
    net_loop_run(fake.loop);
    assert_int_equal(fake.calls, 1);
    assert_int_equal(fake.got.result, NET_LOOKUP_SILENT);
    assert_true(fake.got.took_us < 5 * SECOND_US); /* known at once */
    net_loop_free(fake.loop);
}

static void stopped_half_way(void **state)
{
    (void)state;
    struct fake fake;
    fake_init(&fake);
    fake.lookup = net_lookup_ask(fake.loop, &fake.at, "silent.test", ADDRESS_NONE, SECOND_US, on_done, &fake, NULL);
    net_lookup_free(fake.lookup);
    fake.lookup = net_lookup_system(fake.loop, "localhost", ADDRESS_NONE, SECOND_US, on_done, &fake, NULL);
    net_lookup_free(fake.lookup);
    net_poll_free(fake.poll);
    fake.poll = NULL;
    net_loop_run(fake.loop);
    assert_int_equal(fake.calls, 0);
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    assert_int_equal(errno, ECHILD); /* no zombie is left */
    net_lookup_free(NULL);
    fake_release(&fake);
}

static void system_answers(void **state)
{
    (void)state;
    struct fake fake;
    fake_init(&fake);
    fake.lookup = net_lookup_system(fake.loop, "192.0.2.7", ADDRESS_NONE, 5 * SECOND_US, on_done, &fake, NULL);
    net_loop_run(fake.loop);
    assert_int_equal(fake.calls, 1);
    assert_int_equal(fake.got.result, NET_LOOKUP_OK);
    assert_int_equal(fake.got.count, 1);
    assert_answer(&fake.got, 0, "192.0.2.7", -1);
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    fake_release(&fake);
    fake_init(&fake);
    fake.lookup = net_lookup_system(fake.loop, "192.0.2.7", ADDRESS_V6, 5 * SECOND_US, on_done, &fake, NULL);
    net_loop_run(fake.loop);
    assert_int_equal(fake.got.result, NET_LOOKUP_NO_DATA);
    assert_int_equal(fake.got.count, 0);
    fake_release(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_with_ttl),      cmocka_unit_test(alias_is_followed),
        cmocka_unit_test(refusals_are_told_apart), cmocka_unit_test(silence_takes_the_limit_and_one_repeat),
        cmocka_unit_test(nobody_listens),          cmocka_unit_test(stopped_half_way),
        cmocka_unit_test(system_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
