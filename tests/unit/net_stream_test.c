/* net/stream and net/listener over real loopback sockets. */
#include "unit/cmocka_all.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "net/stream.h"

enum { SECOND_US = 1000000, CHUNK = 512 * 1024, CHUNKS = 8 };

enum close_in { CLOSE_IN_NOTHING, CLOSE_IN_CONNECTED, CLOSE_IN_RECEIVED, CLOSE_IN_ENDED };

struct side {
    struct net_loop *loop;
    struct net_listener *listener;
    struct net_stream *client;
    struct net_stream *server;
    struct net_connected connected;
    int connects;
    struct buffer got;
    enum net_end end;
    int ends;
    enum close_in close_in;
    bool stop_at_end;
    size_t server_got;
    size_t wrong;
    int chunks_sent;
    uint8_t *chunk;
};

static const struct address loopback_v4 = { .family = ADDRESS_V4, .bytes = { 127, 0, 0, 1 } };
static const struct address loopback_v6 = { .family = ADDRESS_V6, .bytes = { [15] = 1 } };

static void close_client(struct side *side)
{
    net_stream_close(side->client);
    side->client = NULL;
}

static void finish(struct side *side)
{
    close_client(side);
    net_stream_close(side->server);
    side->server = NULL;
    net_listener_free(side->listener);
    side->listener = NULL;
}

static void client_connected(void *context, const struct net_connected *connected)
{
    struct side *side = context;
    side->connected = *connected;
    side->connects++;
    if (side->close_in == CLOSE_IN_CONNECTED || connected->result != NET_OPEN) {
        finish(side);
    }
}

static void client_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct side *side = context;
    assert_true(at_us > 0);
    assert_true(buffer_add(&side->got, bytes, size));
    if (side->close_in == CLOSE_IN_RECEIVED) {
        finish(side);
    }
}

static void client_ended(void *context, enum net_end end, int64_t at_us)
{
    struct side *side = context;
    assert_true(at_us > 0);
    side->end = end;
    side->ends++;
    if (side->close_in == CLOSE_IN_ENDED) {
        close_client(side);
    }
    finish(side);
}

static const struct net_stream_handler client_handler = { client_connected, client_received, client_ended };

static void side_init(struct side *side)
{
    *side = (struct side){ .loop = net_loop_new(NULL) };
    assert_non_null(side->loop);
    buffer_init(&side->got, 1 << 20);
}

static void side_release(struct side *side)
{
    finish(side);
    buffer_release(&side->got);
    net_loop_free(side->loop);
}

static void connect_to(struct side *side, const struct address *address, uint16_t port, int64_t limit_us)
{
    struct net_stream_options options = { .address = *address, .port = port, .connect_limit_us = limit_us };
    side->client = net_stream_connect(side->loop, &options, &client_handler, side, NULL);
    assert_non_null(side->client);
    assert_int_equal(side->connects, 0); /* never told from inside the call */
}

static void serve(struct side *side, const struct address *address,
                  void (*accepted)(void *context, struct net_stream *stream))
{
    side->listener = net_listener_new(side->loop, address, 0, accepted, side, NULL);
    assert_non_null(side->listener);
    assert_int_not_equal(net_listener_port(side->listener), 0);
    connect_to(side, address, net_listener_port(side->listener), 5 * SECOND_US);
}

static void accept_hello_fin(void *context, struct net_stream *stream)
{
    (void)context;
    assert_true(net_stream_send(stream, "hello", 5, NULL));
    assert_true(net_stream_flushed(stream));
    net_stream_close(stream);
}

static void accept_hello_rst(void *context, struct net_stream *stream)
{
    struct side *side = context;
    assert_true(net_stream_send(stream, "hello", 5, NULL));
    net_stream_reset(stream);
    net_stream_pause(side->client, false); /* by now the bytes and the reset have both arrived */
}

static void open_bytes_fin(void **state)
{
    (void)state;
    const struct address *addresses[] = { &loopback_v4, &loopback_v6 };
    for (size_t i = 0; i < 2; i++) {
        struct side side;
        side_init(&side);
        serve(&side, addresses[i], accept_hello_fin);
        net_loop_run(side.loop);
        assert_int_equal(side.connects, 1);
        assert_int_equal(side.connected.result, NET_OPEN);
        assert_true(side.connected.rtt_us >= 0 && side.connected.rtt_us < 5 * SECOND_US);
        assert_int_equal(side.got.size, 5);
        assert_memory_equal(side.got.bytes, "hello", 5);
        assert_int_equal(side.ends, 1);
        assert_int_equal(side.end, NET_END_FIN);
        side_release(&side);
    }
}

static void bytes_come_before_the_rst(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    serve(&side, &loopback_v4, accept_hello_rst);
    net_stream_pause(side.client, true);
    net_loop_run(side.loop);
    assert_int_equal(side.got.size, 5);
    assert_int_equal(side.ends, 1);
    assert_int_equal(side.end, NET_END_RST);
    side_release(&side);
}

/* A send that fails takes the pending reset with it; it must still end as one. */
static void send_after_rst(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    connect_to(&side, &loopback_v4, ntohs(at.sin_port), 5 * SECOND_US);
    int fd = accept(listener, NULL, NULL);
    assert_true(fd >= 0);
    struct linger linger = { .l_onoff = 1 };
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
    assert_true(net_stream_send(side.client, "x", 1, NULL)); /* queued: the loop has not seen the connect yet */
    close(fd);
    net_loop_run(side.loop);
    assert_int_equal(side.connects, 1);
    assert_int_equal(side.connected.result, NET_OPEN);
    assert_int_equal(side.ends, 1);
    assert_int_equal(side.end, NET_END_RST);
    close(listener);
    side_release(&side);
}

static uint16_t closed_port(int family)
{
    struct sockaddr_storage at = { .ss_family = (sa_family_t)family };
    socklen_t size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int fd = socket(family, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    close(fd);
    struct sockaddr_in in;
    memcpy(&in, &at, sizeof(in));
    return ntohs(in.sin_port);
}

static void refused(void **state)
{
    (void)state;
    const struct address *addresses[] = { &loopback_v4, &loopback_v6 };
    for (size_t i = 0; i < 2; i++) {
        struct side side;
        side_init(&side);
        connect_to(&side, addresses[i], closed_port(i == 0 ? AF_INET : AF_INET6), 5 * SECOND_US);
        net_loop_run(side.loop);
        assert_int_equal(side.connects, 1);
        assert_int_equal(side.connected.result, NET_REFUSED);
        assert_int_equal(side.connected.by.family, ADDRESS_NONE);
        assert_int_equal(side.ends, 0);
        side_release(&side);
    }
}

/* A listener whose queue is full drops SYNs without a word. */
static void silent(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    int fill = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fill, (struct sockaddr *)&at, size), 0);
    connect_to(&side, &loopback_v4, ntohs(at.sin_port), 30000);
    net_loop_run(side.loop);
    assert_int_equal(side.connects, 1);
    assert_int_equal(side.connected.result, NET_SILENT);
    assert_int_equal(side.connected.rtt_us, 30000);
    close(fill);
    close(listener);
    side_release(&side);
}

static void close_inside_every_callback(void **state)
{
    (void)state;
    static const int ends[] = {
        [CLOSE_IN_NOTHING] = 1, [CLOSE_IN_CONNECTED] = 0, [CLOSE_IN_RECEIVED] = 0, [CLOSE_IN_ENDED] = 1
    };
    for (int i = CLOSE_IN_NOTHING; i <= CLOSE_IN_ENDED; i++) {
        struct side side;
        side_init(&side);
        side.close_in = (enum close_in)i;
        serve(&side, &loopback_v4, accept_hello_fin);
        net_loop_run(side.loop);
        assert_int_equal(side.connects, 1);
        assert_int_equal(side.ends, ends[i]);
        assert_int_equal(side.got.size, i == CLOSE_IN_CONNECTED ? 0 : 5);
        side_release(&side);
    }
}

static void big_server_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct side *side = context;
    (void)at_us;
    for (size_t i = 0; i < size; i++) {
        side->wrong += bytes[i] != (uint8_t)((side->server_got + i) % 251);
    }
    size_t before = side->server_got / CHUNK;
    side->server_got += size;
    if (side->server_got / CHUNK > before) {
        assert_true(net_stream_send(side->server, "k", 1, NULL));
    }
}

static void big_server_ended(void *context, enum net_end end, int64_t at_us)
{
    struct side *side = context;
    (void)at_us;
    assert_int_equal(end, NET_END_FIN);
    net_stream_close(side->server); /* its FIN is what the client waits for */
    side->server = NULL;
}

static const struct net_stream_handler big_server = { NULL, big_server_received, big_server_ended };

static void accept_big(void *context, struct net_stream *stream)
{
    struct side *side = context;
    side->server = stream;
    net_stream_listen(stream, &big_server, side);
}

static void send_chunk(struct side *side)
{
    for (size_t i = 0; i < CHUNK; i++) {
        side->chunk[i] = (uint8_t)(((size_t)side->chunks_sent * CHUNK + i) % 251);
    }
    assert_true(net_stream_send(side->client, side->chunk, CHUNK, NULL));
    side->chunks_sent++;
}

static void big_connected(void *context, const struct net_connected *connected)
{
    struct side *side = context;
    assert_int_equal(connected->result, NET_OPEN);
    send_chunk(side);
    /* 1 MiB may wait, and not a byte more than that. */
    uint8_t *too_much = alloc_new((1 << 20) + 1);
    assert_non_null(too_much);
    struct error error = { 0 };
    assert_false(net_stream_send(side->client, too_much, (1 << 20) + 1, &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    alloc_free(too_much);
}

static void big_received(void *context, const uint8_t *bytes, size_t size, int64_t at_us)
{
    struct side *side = context;
    (void)bytes;
    (void)at_us;
    assert_int_equal(size, 1);
    if (side->chunks_sent < CHUNKS) {
        send_chunk(side);
    } else {
        net_stream_shut(side->client);
    }
}

static const struct net_stream_handler big_client = { big_connected, big_received, client_ended };

static void big_transfer(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    side.chunk = alloc_new(CHUNK);
    assert_non_null(side.chunk);
    serve(&side, &loopback_v4, accept_big);
    net_stream_listen(side.client, &big_client, &side);
    net_loop_run(side.loop);
    assert_int_equal(side.server_got, (size_t)CHUNK * CHUNKS);
    assert_int_equal(side.wrong, 0);
    assert_int_equal(side.ends, 1);
    assert_int_equal(side.end, NET_END_FIN);
    alloc_free(side.chunk);
    side_release(&side);
}

static void small_mss_is_offered(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    side.listener = net_listener_new(side.loop, &loopback_v4, 0, accept_hello_fin, &side, NULL);
    assert_non_null(side.listener);
    struct net_stream_options options = {
        .address = loopback_v4, .port = net_listener_port(side.listener), .connect_limit_us = SECOND_US, .mss = 536
    };
    side.client = net_stream_connect(side.loop, &options, &client_handler, &side, NULL);
    net_loop_run(side.loop);
    assert_int_equal(side.connected.result, NET_OPEN);
    assert_int_equal(side.got.size, 5);
    side_release(&side);
}

static void link_local_without_interface_is_a_usage_error(void **state)
{
    (void)state;
    struct side side;
    side_init(&side);
    struct net_stream_options options = { .port = 3389, .connect_limit_us = SECOND_US };
    assert_true(address_parse("fe80::1", &options.address));
    struct error error = { 0 };
    side.client = net_stream_connect(side.loop, &options, &client_handler, &side, &error);
    if (side.client == NULL) { /* a machine without IPv6 calls it unreachable */
        assert_int_equal(error.kind, ERROR_USAGE);
    }
    net_loop_run(side.loop);
    side_release(&side);
}

struct timed {
    struct net_timer *timer;
    int fired;
};

static void fire(void *context)
{
    struct timed *timed = context;
    timed->fired++;
    net_timer_free(timed->timer); /* from inside its own callback */
    timed->timer = NULL;
}

static void timers(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_new(NULL);
    assert_non_null(loop);
    struct timed fires = { 0 };
    struct timed stopped = { 0 };
    fires.timer = net_timer_start(loop, 1000, fire, &fires, NULL);
    stopped.timer = net_timer_start(loop, 500, fire, &stopped, NULL);
    assert_non_null(fires.timer);
    assert_non_null(stopped.timer);
    net_timer_free(stopped.timer);
    net_loop_run(loop);
    assert_int_equal(fires.fired, 1);
    assert_int_equal(stopped.fired, 0);
    net_timer_free(NULL);
    net_loop_free(loop);
    net_loop_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_bytes_fin),
        cmocka_unit_test(bytes_come_before_the_rst),
        cmocka_unit_test(send_after_rst),
        cmocka_unit_test(refused),
        cmocka_unit_test(silent),
        cmocka_unit_test(close_inside_every_callback),
        cmocka_unit_test(big_transfer),
        cmocka_unit_test(small_mss_is_offered),
        cmocka_unit_test(link_local_without_interface_is_a_usage_error),
        cmocka_unit_test(timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
