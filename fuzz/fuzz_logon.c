/* The sequence of a logon: a script of what the server sends and what the library answers, in any order. Whatever
 * comes, the password leaves only after the proof was bound to this connection, and the connection is left once. */
#include "probe/logon.c"
/* one file of the two has these names already */
#define group_of group_of_answers
#define KEY_CAP  KEY_CAP_ANSWERS
#include "probe/logon_answers.c"

#include "fuzz.h"

/* --- the rest of the house, as far as this file needs it --- */

struct net_auth {
    bool asked; /* an answer is owed */
};

struct world {
    struct evidence evidence;
    struct run_options options;
    struct credentials credentials;
    struct run run;
    struct net_auth auth;
    struct attempt attempt;
    uint32_t selected;
    bool freed;
    bool complete;
    bool sent_info;
    unsigned left;
};

static struct world *world;

static void leave(struct attempt *attempt, enum stage stage, enum went went, const void *context)
{
    (void)attempt;
    (void)stage;
    (void)went;
    (void)context;
}

int64_t clock_monotonic_us(void)
{
    return 1;
}
bool platform_random(void *bytes, size_t size, struct error *error)
{
    (void)error;
    memset(bytes, 7, size);
    return true;
}
struct net_auth *net_auth_start(struct net_loop *loop, const struct net_auth_options *options,
                                void (*heard)(void *context, const struct net_auth_answer *answer), void *context,
                                struct error *error)
{
    (void)loop;
    (void)options;
    (void)heard;
    (void)context;
    (void)error;
    world->auth.asked = true;
    return &world->auth;
}
static bool ask(void)
{
    FUZZ_PROMISE(!world->auth.asked && !world->freed);
    world->auth.asked = true;
    return true;
}
bool net_auth_step(struct net_auth *auth, const void *token, size_t size, struct error *error)
{
    (void)auth;
    (void)error;
    (void)fuzz_touch(slice_of(token, size));
    FUZZ_PROMISE(!world->complete);
    return ask();
}
bool net_auth_wrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error)
{
    (void)auth;
    (void)error;
    (void)fuzz_touch(slice_of(bytes, size));
    FUZZ_PROMISE(world->complete);
    return ask();
}
bool net_auth_unwrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error)
{
    return net_auth_wrap(auth, bytes, size, error);
}
void net_auth_free(struct net_auth *auth)
{
    world->freed = world->freed || auth != NULL;
}
bool net_tls_public_key(const struct net_tls *tls, struct buffer *key)
{
    (void)tls;
    return buffer_add(key, "key", 3);
}
enum net_tls_state net_tls_step(struct net_tls *tls, const void *bytes, size_t size)
{
    (void)tls;
    if (!buffer_add(&world->attempt.in, bytes, size)) {
        return NET_TLS_FAILED;
    }
    return NET_TLS_UP;
}
bool net_tls_read(struct net_tls *tls, struct buffer *out, bool *closed)
{
    (void)tls;
    (void)out;
    *closed = false;
    return true;
}
int net_tls_alert(const struct net_tls *tls)
{
    (void)tls;
    return -1;
}
bool probe_tls_flush(struct attempt *attempt, struct error *error)
{
    (void)attempt;
    (void)error;
    return true;
}
int64_t run_limit_us(const struct run *run, int64_t limit_us)
{
    (void)run;
    return limit_us;
}
bool attempt_nla(struct attempt *attempt, struct error *error)
{
    (void)attempt;
    (void)error;
    return true;
}
bool attempt_enter(struct attempt *attempt, const struct attempt_stage *stage, int64_t limit_us, struct error *error)
{
    (void)limit_us;
    (void)error;
    attempt->doing = stage;
    attempt->stage_bytes = 0;
    return true;
}
void attempt_leave(struct attempt *attempt, enum went went)
{
    FUZZ_PROMISE(attempt->doing != NULL);
    FUZZ_PROMISE(went != WENT_ON || world->options.session);
    attempt->doing = NULL;
    world->left++;
}
void attempt_failed(struct attempt *attempt, const struct error *error)
{
    (void)error;
    attempt->stream = NULL;
    attempt->doing = NULL;
    world->left++;
}
void attempt_end(struct attempt *attempt, enum end_by by, enum end_how how, int64_t at_us)
{
    (void)by;
    (void)how;
    (void)at_us;
    attempt->stream = NULL;
}
bool logon_send(struct attempt *attempt, const struct credssp *request, struct error *error)
{
    (void)error;
    FUZZ_PROMISE(attempt->stream != NULL);
    if (request->auth_info.bytes != NULL) {
        const struct ev_logon *group = &world->evidence.logon;
        FUZZ_PROMISE(group->bound.source != SOURCE_NONE && group->bound.v && !world->sent_info);
        FUZZ_PROMISE(world->options.session || world->selected == PROTOCOL_HYBRID_EX);
        world->sent_info = true;
    }
    return true;
}
bool logon_binding(const struct logon *logon, bool server, struct buffer *out, struct error *error)
{
    (void)logon;
    (void)error;
    return buffer_add(out, server ? "S" : "C", 1);
}
struct secret *logon_credentials(const struct logon *logon, struct error *error)
{
    (void)logon;
    (void)error;
    return (struct secret *)(uintptr_t) "password";
}
const uint8_t *secret_look(const struct secret *secret)
{
    return (const uint8_t *)secret;
}
size_t secret_size(const struct secret *secret)
{
    (void)secret;
    return 8;
}
void secret_free(struct secret *secret)
{
    (void)secret;
}

/* --- the script --- */

static void library_answers(uint8_t choice, const uint8_t *bytes, size_t size)
{
    struct net_auth_answer said = { .package = NET_AUTH_NTLM_RAW, .words = "", .bytes = bytes, .size = size };
    if (!world->auth.asked || world->freed) {
        return;
    }
    world->auth.asked = false;
    said.result = (enum net_auth_result)(choice % (NET_AUTH_DIED + 1));
    said.kerberos = (enum net_kerberos)(choice / 8 % (NET_KERBEROS_OTHER + 1));
    said.complete = said.result == NET_AUTH_OK && (world->complete || (choice & 0x80) != 0);
    said.major = (choice & 0x40) != 0 ? NET_AUTH_DEFECTIVE_TOKEN : 1;
    world->complete = world->complete || said.complete;
    logon_answered(&world->attempt, &said);
}

static void server_sends(const uint8_t *bytes, size_t size)
{
    struct attempt *attempt = &world->attempt;
    if (attempt->doing == &logon_stage && attempt->stream != NULL) {
        attempt->stage_bytes += size;
        attempt->doing->received(attempt, bytes, size, 1);
    }
}

static void play(const uint8_t *bytes, size_t size)
{
    while (size >= 3 && world->left == 0) {
        const uint8_t what = bytes[0];
        const uint8_t choice = bytes[1];
        const size_t length = bytes[2] < size - 3 ? bytes[2] : size - 3;
        const uint8_t *piece = bytes + 3;
        bytes += 3 + length;
        size -= 3 + length;
        switch (what % 4) {
        case 0:
            library_answers(choice, piece, length);
            break;
        case 1:
            server_sends(piece, length);
            break;
        case 2:
            if (world->attempt.doing == &logon_stage) {
                world->attempt.stream = NULL;
                world->attempt.doing->ended(&world->attempt, NET_END_FIN, 1);
            }
            break;
        default:
            if (world->attempt.doing == &logon_stage && (choice & 1) != 0) {
                world->attempt.doing->expired(&world->attempt);
            }
            break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int stream;
    struct world here = { .credentials = { .user = "u" } };
    struct logon_name name = { .form = LOGON_PLAIN, .user = "u" };
    if (size < 1) {
        return 0;
    }
    world = &here;
    here.options.credentials = &here.credentials;
    here.options.session = (bytes[0] & 1) != 0;
    here.selected = (bytes[0] & 2) != 0 ? PROTOCOL_HYBRID_EX : PROTOCOL_HYBRID;
    here.run.options = &here.options;
    here.run.evidence = &here.evidence;
    here.attempt.run = &here.run;
    here.attempt.selected = here.selected;
    here.attempt.moved = leave;
    here.attempt.stream = (struct net_stream *)&stream;
    buffer_init(&here.attempt.in, 1 << 20);
    FUZZ_PROMISE(logon_prepare(&here.attempt, &name, NULL));
    FUZZ_PROMISE(logon_begin(&here.attempt, NULL));
    /* the first token and its answer are the nla stage's; here the second part begins */
    here.attempt.doing = &logon_stage;
    play(bytes + 1, size - 1);
    FUZZ_PROMISE(here.left <= 1);
    const struct ev_logon *group = &here.evidence.logon;
    FUZZ_PROMISE(group->ended.source == SOURCE_NONE || group->ended.v != LOGON_GOOD || group->bound.v);
    logon_free(here.attempt.logon);
    buffer_release(&here.attempt.in);
    field_release(evidence_group(CHECK_LOGON), &here.evidence.logon);
    return 0;
}
