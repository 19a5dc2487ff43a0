#include "lab/udp.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/poll.h"
#include "platform/probe_socket.h"
#include "platform/sockaddr.h"
#include "wire/rdpeudp.h"

enum { TAKE_MAX = 16, WINDOW = 64, FLOOD_SIZE = 2000, WORDS = 160, HELLO_CAP = 1500 };

struct lab_udp_speaker {
    struct lab_udp_options options;
    struct net_loop *loop;
    int fd;
    struct net_poll *poll;
    unsigned asked;
};

static void tell(const struct lab_udp_speaker *speaker, const char *words)
{
    if (speaker->options.tell != NULL) {
        speaker->options.tell(speaker->options.tell_context, 0, words);
    }
}

static void say(struct lab_udp_speaker *speaker, const struct platform_probe_packet *to, const void *bytes, size_t size)
{
    /* A lost datagram is what UDP is about. */
    const int code = platform_probe_send(speaker->fd, &to->from, to->port, bytes, size);
    (void)code;
}

static void say_datagram(struct lab_udp_speaker *speaker, const struct platform_probe_packet *to,
                         const struct rdpeudp *datagram)
{
    uint8_t bytes[PLATFORM_PACKET_MAX];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (rdpeudp_write(&writer, datagram)) {
        say(speaker, to, bytes, writer_size(&writer));
    }
}

/* --- SYN --- */

static void answer_syn(struct lab_udp_speaker *speaker, const struct platform_probe_packet *packet,
                       const struct rdpeudp *syn)
{
    const struct lab_udp *behaviour = speaker->options.behaviour;
    const uint16_t version = behaviour->version < syn->version ? behaviour->version : syn->version;
    struct rdpeudp answer = {
        .acked = syn->initial + (behaviour->act == LAB_UDP_WRONG_NUMBER),
        .window = WINDOW,
        .flags = (uint16_t)(RDPEUDP_SYN | RDPEUDP_ACK | (version > RDPEUDP_VERSION_1 ? RDPEUDP_SYNEX : 0)),
        .initial = UINT32_C(0x4c4142) + speaker->asked,
        .up_mtu = syn->up_mtu,
        .down_mtu = syn->down_mtu,
        .version = behaviour->overreach ? RDPEUDP_VERSION_3 : version,
    };
    const unsigned copies = behaviour->act == LAB_UDP_FLOOD ? FLOOD_SIZE : behaviour->twice ? 2 : 1;
    for (unsigned i = 0; i < copies; i++) {
        say_datagram(speaker, packet, &answer);
    }
}

static void take_syn(struct lab_udp_speaker *speaker, const struct platform_probe_packet *packet,
                     const struct rdpeudp *syn)
{
    const struct lab_udp *behaviour = speaker->options.behaviour;
    const bool lossy = (syn->flags & RDPEUDP_LOSSY) != 0;
    char words[WORDS];
    snprintf(words, sizeof(words), "UDP: got a SYN of %zu bytes, version %u%s", packet->size, syn->version,
             lossy ? ", lossy" : "");
    tell(speaker, words);
    speaker->asked++;
    if (behaviour->act == LAB_UDP_SILENT || (lossy && !behaviour->lossy) ||
        (behaviour->largest != 0 && packet->size > behaviour->largest) ||
        (behaviour->drops != 0 && speaker->asked % behaviour->drops == 0) || speaker->asked <= behaviour->drops_first) {
        tell(speaker, "UDP: says nothing");
    } else if (behaviour->act == LAB_UDP_GARBAGE) {
        say(speaker, packet, "this is no answer to that", 25);
    } else {
        answer_syn(speaker, packet, syn);
    }
}

/* --- DTLS --- */

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned *size)
{
    (void)ssl;
    memset(cookie, 'c', 16);
    *size = 16;
    return 1;
}

static int refuse_cookie(SSL *ssl, const unsigned char *cookie, unsigned size)
{
    (void)ssl;
    (void)cookie;
    (void)size;
    return 0;
}

/* The HelloVerifyRequest that OpenSSL answers a ClientHello with; 0 bytes: none. */
static size_t dtls_answer(struct slice hello, uint8_t *bytes, size_t room)
{
    size_t size = 0;
    SSL_CTX *context = SSL_CTX_new(DTLS_server_method());
    SSL *ssl = context != NULL ? SSL_new(context) : NULL;
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    if (ssl == NULL || in == NULL || out == NULL) {
        BIO_free(in);
        BIO_free(out);
        SSL_free(ssl);
        SSL_CTX_free(context);
        return 0;
    }
    SSL_CTX_set_cookie_generate_cb(context, make_cookie);
    SSL_CTX_set_cookie_verify_cb(context, refuse_cookie);
    SSL_set_options(ssl, SSL_OP_COOKIE_EXCHANGE | SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl, RDPEUDP_MTU_MIN);
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    if (BIO_write_ex(in, hello.bytes, hello.size, &size) == 1) {
        (void)SSL_do_handshake(ssl);
    }
    size = 0;
    (void)BIO_read_ex(out, bytes, room, &size);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return size;
}

static void take_data(struct lab_udp_speaker *speaker, const struct platform_probe_packet *packet,
                      const struct rdpeudp *data)
{
    static const uint8_t one[] = { 1 };
    const enum lab_udp_dtls dtls = speaker->options.behaviour->dtls;
    uint8_t bytes[HELLO_CAP];
    size_t size = 0;
    tell(speaker, "UDP: got data");
    if (dtls == LAB_DTLS_SPEAKS) {
        size = dtls_answer(data->payload, bytes, sizeof(bytes));
    } else if (dtls == LAB_DTLS_GARBAGE) {
        size = 20;
        memset(bytes, 'x', size);
    }
    const struct rdpeudp answer = {
        .acked = data->source,
        .window = WINDOW,
        .flags = (uint16_t)(RDPEUDP_ACK | (size > 0 ? RDPEUDP_DATA : 0)),
        .acks = slice_of(one, sizeof(one)),
        .coded = 1,
        .source = 1,
        .payload = slice_of(bytes, size),
    };
    say_datagram(speaker, packet, &answer);
}

/* --- the socket --- */

static void on_ready(void *context, int events)
{
    struct lab_udp_speaker *speaker = context;
    struct platform_probe_packet packet;
    struct rdpeudp seen;
    (void)events;
    for (int i = 0; i < TAKE_MAX && platform_probe_receive(speaker->fd, &packet); i++) {
        packet.from.scope = speaker->options.address.scope;
        if (rdpeudp_parse(slice_of(packet.bytes, packet.size), &seen, NULL) != PARSE_DONE) {
            tell(speaker, "UDP: got something else");
        } else if ((seen.flags & RDPEUDP_SYN) != 0) {
            take_syn(speaker, &packet, &seen);
        } else if ((seen.flags & RDPEUDP_FIN) != 0) {
            tell(speaker, "UDP: got a FIN");
        } else if ((seen.flags & RDPEUDP_DATA) != 0) {
            take_data(speaker, &packet, &seen);
        }
    }
    net_poll_want(speaker->poll, NET_POLL_READ);
}

static int open_socket(const struct lab_udp_options *options)
{
    struct sockaddr_storage at;
    const socklen_t size = platform_sockaddr(&options->address, options->port, &at);
    const int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, size) != 0) {
        const int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

struct lab_udp_speaker *lab_udp_start(struct net_loop *loop, const struct lab_udp_options *options, struct error *error)
{
    struct lab_udp_speaker *speaker = alloc_new(sizeof(*speaker));
    if (speaker == NULL) {
        error_no_memory(error);
        return NULL;
    }
    speaker->options = *options;
    speaker->loop = loop;
    speaker->fd = open_socket(options);
    if (speaker->fd < 0) {
        error_set(error, ERROR_NO_INPUT, "lab: cannot listen on UDP port %u: %s", (unsigned)options->port,
                  strerror(errno));
        lab_udp_free(speaker);
        return NULL;
    }
    speaker->poll = net_poll_new(loop, speaker->fd, on_ready, speaker, error);
    if (speaker->poll == NULL) {
        lab_udp_free(speaker);
        return NULL;
    }
    net_poll_want(speaker->poll, NET_POLL_READ);
    return speaker;
}

void lab_udp_free(struct lab_udp_speaker *speaker)
{
    if (speaker == NULL) {
        return;
    }
    net_poll_free(speaker->poll);
    if (speaker->fd >= 0) {
        close(speaker->fd);
    }
    alloc_free(speaker);
}
