/* The parent's side of a logon: one child, one call at a time, each with its time limit. */
#include "net/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "net/auth_internal.h"
#include "net/poll.h"

struct net_auth {
    struct net_loop *loop;
    struct net_auth_options options; /* its texts are `texts` */
    char texts[4][NET_AUTH_NAME_SIZE];
    void (*answered)(void *context, const struct net_auth_answer *answer);
    void *context;
    pid_t child; /* 0: none */
    int fd;      /* -1: none */
    struct net_poll *poll;
    struct net_timer *limit;
    struct buffer in;
    bool asking;    /* an answer is owed */
    bool starting;  /* it is the one to START */
    bool proof;     /* a proof of the password went to a KDC */
    bool timed_out; /* Kerberos took too long, and NTLM took its place */
    bool *freed;    /* set when it is freed inside `answered` */
};

/* From here on nothing of it can leave any more. */
static void kill_child(struct net_auth *auth)
{
    if (auth->child > 0) {
        (void)kill(auth->child, SIGKILL);
        while (waitpid(auth->child, NULL, 0) < 0 && errno == EINTR) {
        }
        auth->child = 0;
    }
}

static void stop(struct net_auth *auth)
{
    net_timer_free(auth->limit);
    auth->limit = NULL;
    net_poll_free(auth->poll);
    auth->poll = NULL;
    if (auth->fd >= 0) {
        close(auth->fd);
        auth->fd = -1;
    }
    kill_child(auth);
}

/* Nothing of `auth` may be touched after it returns false. */
static bool tell(struct net_auth *auth, const struct net_auth_answer *answer)
{
    bool freed = false;
    auth->asking = false;
    auth->freed = &freed;
    if (auth->limit != NULL) {
        net_timer_stop(auth->limit);
    }
    auth->answered(auth->context, answer);
    if (!freed) {
        auth->freed = NULL;
    }
    return !freed;
}

static void give_up(struct net_auth *auth, enum net_auth_result result)
{
    const struct net_auth_answer answer = {
        .result = result,
        .package = auth->starting && auth->options.realm != NULL ? NET_AUTH_KERBEROS : NET_AUTH_NO_PACKAGE,
        .kerberos = auth->starting && auth->options.realm != NULL ? NET_KERBEROS_TIMED_OUT : NET_KERBEROS_NOT_TRIED,
        .kerberos_proof = auth->proof,
        .words = "",
    };
    stop(auth);
    (void)tell(auth, &answer);
}

/* One frame of the child; false: there is none that is whole. */
static bool next_frame(struct net_auth *auth, enum auth_kind *kind, struct cursor *body, size_t *whole, bool *bad)
{
    struct cursor cursor = cursor_of(auth->in.bytes, auth->in.size);
    size_t size = 0;
    const enum parse parsed = auth_header_parse(&cursor, kind, &size, NULL);
    *bad = parsed == PARSE_BAD;
    if (parsed != PARSE_DONE || !cursor_block(&cursor, size, body)) {
        return false;
    }
    *whole = AUTH_HEADER + size;
    return true;
}

static void hear_answer(struct net_auth *auth, struct cursor body, size_t whole)
{
    struct net_auth_answer answer;
    char words[NET_AUTH_WORDS_SIZE];
    if (!auth->asking || auth_answer_parse(&body, &answer, words, NULL) != PARSE_DONE) {
        give_up(auth, NET_AUTH_DIED);
        return;
    }
    if (auth->timed_out) {
        answer.kerberos = NET_KERBEROS_TIMED_OUT;
    }
    /* The answer points into the bytes: they go first, kept by themselves until it was heard. */
    struct buffer kept = auth->in;
    buffer_init(&auth->in, AUTH_FRAME_MAX);
    bool good = kept.size == whole || buffer_add(&auth->in, kept.bytes + whole, kept.size - whole);
    auth->starting = false;
    if (good) {
        (void)tell(auth, &answer);
    } else {
        give_up(auth, NET_AUTH_NO_MEMORY);
    }
    buffer_release(&kept);
}

/* The answer ends what came, if it came: the child says nothing unasked. False: nothing of `auth` may be touched. */
static bool hear_frames(struct net_auth *auth)
{
    enum auth_kind kind;
    struct cursor body;
    size_t whole = 0;
    bool bad = false;
    while (next_frame(auth, &kind, &body, &whole, &bad)) {
        if (kind == AUTH_ANSWER) {
            hear_answer(auth, body, whole);
            return false;
        }
        if (kind != AUTH_PROOF) {
            bad = true;
            break;
        }
        auth->proof = true;
        buffer_consume(&auth->in, whole);
    }
    if (bad) {
        give_up(auth, NET_AUTH_DIED);
    }
    return !bad;
}

/* The loop may come late to the limit, and to what the child said before it: that counts. */
static void take_what_came(struct net_auth *auth)
{
    uint8_t bytes[4096];
    ssize_t size;
    do {
        size = auth->fd >= 0 ? read(auth->fd, bytes, sizeof(bytes)) : 0;
    } while ((size > 0 && buffer_add(&auth->in, bytes, (size_t)size)) || (size < 0 && errno == EINTR));
}

/* More than a frame can be is the child's doing; less was no memory. */
static enum net_auth_result why_not_kept(const struct net_auth *auth)
{
    return auth->in.size < auth->in.cap ? NET_AUTH_NO_MEMORY : NET_AUTH_DIED;
}

static bool begin(struct net_auth *auth, struct error *error);

/* No KDC in time, and no proof of the password has left: NTLM takes its place, in a new child. */
static void on_limit(void *context)
{
    struct net_auth *auth = context;
    enum auth_kind kind;
    struct cursor body;
    size_t whole = 0;
    bool bad = false;
    take_what_came(auth);
    if (!hear_frames(auth)) {
        return;
    }
    if (auth->in.failed) {
        give_up(auth, why_not_kept(auth));
        return;
    }
    if (!auth->starting || auth->options.realm == NULL) {
        give_up(auth, NET_AUTH_TIMED_OUT);
        return;
    }
    kill_child(auth);
    take_what_came(auth);
    if (auth->in.failed) {
        give_up(auth, why_not_kept(auth));
        return;
    }
    auth->proof = auth->proof || (next_frame(auth, &kind, &body, &whole, &bad) && kind == AUTH_PROOF);
    if (auth->proof) {
        give_up(auth, NET_AUTH_TIMED_OUT);
        return;
    }
    stop(auth);
    buffer_clear(&auth->in);
    auth->options.realm = NULL;
    auth->timed_out = true;
    if (!begin(auth, NULL)) {
        give_up(auth, NET_AUTH_DIED);
    }
}

static void on_ready(void *context, int events)
{
    struct net_auth *auth = context;
    uint8_t bytes[4096];
    (void)events;
    const ssize_t size = read(auth->fd, bytes, sizeof(bytes));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        net_poll_want(auth->poll, NET_POLL_READ);
        return;
    }
    if (size <= 0 || !buffer_add(&auth->in, bytes, (size_t)size)) {
        if (auth->asking) {
            give_up(auth, size > 0 ? why_not_kept(auth) : NET_AUTH_DIED);
        } else {
            stop(auth);
        }
        return;
    }
    (void)hear_frames(auth);
}

/* Sends a frame that lies in secret pages; the socket's room is larger than any. */
static bool put(struct net_auth *auth, const struct secret *frame, struct error *error)
{
    const ssize_t sent = send(auth->fd, secret_look(frame), secret_size(frame), MSG_NOSIGNAL);
    if (sent != (ssize_t)secret_size(frame)) {
        return error_set(error, ERROR_INTERNAL, "the process that logs on cannot be reached: %s",
                         sent < 0 ? strerror(errno) : "its socket is full");
    }
    return true;
}

static bool set_limit(struct net_auth *auth, int64_t limit_us, struct error *error)
{
    if (auth->limit != NULL) {
        net_timer_again(auth->limit, limit_us);
        return true;
    }
    auth->limit = net_timer_start(auth->loop, limit_us, on_limit, auth, error);
    return auth->limit != NULL;
}

static bool send_start(struct net_auth *auth, struct error *error)
{
    struct secret *frame = secret_new(AUTH_HEADER + 4096 + NET_AUTH_PASSWORD_MAX, error);
    if (frame == NULL) {
        return false;
    }
    struct writer body = writer_of(secret_bytes(frame) + AUTH_HEADER, secret_room(frame) - AUTH_HEADER);
    struct writer header = writer_of(secret_bytes(frame), AUTH_HEADER);
    bool good = auth_start_write(&body, &auth->options);
    if (!good) {
        error_set(error, ERROR_USAGE, "the user, the domain, the host or the password is too long for a logon");
    }
    auth_header_write(&header, AUTH_START, writer_size(&body));
    secret_set_size(frame, AUTH_HEADER + writer_size(&body));
    good = good && put(auth, frame, error);
    secret_free(frame);
    auth->asking = good;
    auth->starting = good;
    return good &&
           set_limit(auth, auth->options.realm != NULL ? auth->options.kdc_limit_us : auth->options.limit_us, error);
}

static bool ask(struct net_auth *auth, enum auth_kind kind, const void *bytes, size_t size, struct error *error)
{
    if (auth->asking || auth->fd < 0 || size > NET_AUTH_BYTES_MAX - 1024) {
        return error_set(error, ERROR_INTERNAL, "the process that logs on cannot be asked for this");
    }
    struct secret *frame = secret_new(AUTH_HEADER + size, error);
    if (frame == NULL) {
        return false;
    }
    secret_set_size(frame, AUTH_HEADER + size);
    struct writer writer = writer_of(secret_bytes(frame), secret_size(frame));
    auth_header_write(&writer, kind, size);
    writer_bytes(&writer, size > 0 ? bytes : "", size);
    const bool good = writer_ok(&writer) && put(auth, frame, error);
    secret_free(frame);
    auth->asking = good;
    return good && set_limit(auth, auth->options.limit_us, error);
}

/* The child inherits no descriptor but its own, and ends with its parent. */
static void in_child(int fd, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    (void)signal(SIGINT, SIG_IGN); /* Ctrl-C reaches us too; what it means is the parent's to say */
    (void)signal(SIGTERM, SIG_DFL);
    const int flags = fcntl(fd, F_GETFL);
    if (fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0 || dup2(fd, 3) != 3) {
        _exit(1);
    }
    closefrom(4);
    auth_child_main(3);
}

static bool begin(struct net_auth *auth, struct error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        return error_set(error, ERROR_INTERNAL, "cannot open a socket pair: %s", strerror(errno));
    }
    auth->fd = ends[0];
    const pid_t parent = getpid();
    auth->child = fork();
    if (auth->child == 0) {
        in_child(ends[1], parent);
    }
    const int code = errno;
    close(ends[1]);
    if (auth->child < 0) {
        auth->child = 0;
        return error_set(error, ERROR_INTERNAL, "cannot start a process for the logon: %s", strerror(code));
    }
    auth->poll = net_poll_new(auth->loop, auth->fd, on_ready, auth, error);
    if (auth->poll == NULL) {
        return false;
    }
    net_poll_want(auth->poll, NET_POLL_READ);
    return send_start(auth, error);
}

static const char *keep(char *room, const char *text)
{
    const size_t length = text != NULL ? strlen(text) : 0;
    if (length >= NET_AUTH_NAME_SIZE) {
        return NULL;
    }
    memcpy(room, text != NULL ? text : "", length + 1);
    return room;
}

static bool keep_options(struct net_auth *auth, const struct net_auth_options *options)
{
    auth->options = *options;
    auth->options.user = keep(auth->texts[0], options->user);
    auth->options.domain = keep(auth->texts[1], options->domain);
    auth->options.host = keep(auth->texts[2], options->host);
    auth->options.realm = options->realm != NULL ? keep(auth->texts[3], options->realm) : NULL;
    return auth->options.user != NULL && auth->options.domain != NULL && auth->options.host != NULL &&
           (options->realm == NULL || auth->options.realm != NULL);
}

struct net_auth *net_auth_start(struct net_loop *loop, const struct net_auth_options *options,
                                void (*answered)(void *context, const struct net_auth_answer *answer), void *context,
                                struct error *error)
{
    struct net_auth *auth = alloc_new(sizeof(*auth));
    if (auth == NULL) {
        error_no_memory(error);
        return NULL;
    }
    auth->loop = loop;
    auth->answered = answered;
    auth->context = context;
    auth->fd = -1;
    buffer_init(&auth->in, AUTH_FRAME_MAX);
    const bool kept = keep_options(auth, options);
    if (!kept) {
        error_set(error, ERROR_USAGE, "the user, the domain or the host is too long for a logon");
    }
    if (!kept || !begin(auth, error)) {
        net_auth_free(auth);
        return NULL;
    }
    return auth;
}

bool net_auth_step(struct net_auth *auth, const void *token, size_t size, struct error *error)
{
    return ask(auth, AUTH_STEP, token, size, error);
}

bool net_auth_wrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error)
{
    return ask(auth, AUTH_WRAP, bytes, size, error);
}

bool net_auth_unwrap(struct net_auth *auth, const void *bytes, size_t size, struct error *error)
{
    return ask(auth, AUTH_UNWRAP, bytes, size, error);
}

int net_auth_child(const struct net_auth *auth)
{
    return (int)auth->child;
}

void net_auth_free(struct net_auth *auth)
{
    if (auth == NULL) {
        return;
    }
    stop(auth);
    if (auth->freed != NULL) {
        *auth->freed = true;
    }
    buffer_release(&auth->in);
    alloc_free(auth);
}
