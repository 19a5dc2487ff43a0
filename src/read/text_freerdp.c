#include "read/text_freerdp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "facts/codes.h"

/* freerdp/error.h: a class in the upper half, the number in the lower. */
enum { CLASS_ERRINFO = 1, CLASS_CONNECT = 2 };
enum { PROTOCOL_BITS_MAX = 0x1F };

struct parts {
    const char *level;   /* "ERROR][com.freerdp..." */
    const char *module;  /* behind "com.freerdp." or "com.winpr." */
    const char *message; /* behind the function's name, if there is one */
    uint64_t process;
    bool three; /* FreeRDP 3 */
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* "[11510:11511] " or "[pid=11510:tid=2cf7] " before the level. */
static uint64_t process_before(const char *line, const char *level)
{
    const char *at = level;
    while (at > line && at[-1] != '[') {
        at--; /* past the level's own bracket */
    }
    for (at -= at > line; at > line && at[-1] != '['; at--) {
    }
    at += begins(at, "pid=") ? 4 : 0;
    const int64_t process = word_hex(at);
    return process != TALE_UNSEEN ? (uint64_t)process : 0;
}

static bool split(const struct text_line *line, struct parts *parts)
{
    static const char *const marks[] = { "][com.freerdp.", "][com.winpr.", "][com.freerdp" };
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const char *found = strstr(line->text, marks[i]);
        const char *dash = found != NULL ? strstr(found, "] - ") : NULL;
        if (dash == NULL) {
            continue;
        }
        *parts = (struct parts){ .module = found + strlen(marks[i]), .message = dash + 4 };
        for (parts->level = found; parts->level > line->text && parts->level[-1] != '['; parts->level--) {
        }
        parts->process = process_before(line->text, parts->level);
        const char *behind = parts->message[0] == '[' ? strstr(parts->message, "]: ") : NULL;
        if (behind != NULL && strcspn(parts->message + 1, " ]") == (size_t)(behind - parts->message - 1)) {
            parts->three = true;
            parts->message = behind + 3;
        }
        return true;
    }
    return false;
}

/* The same library serves: these modules and functions are of a server's side. */
static bool is_server(const struct text_line *line, const struct parts *parts)
{
    return begins(parts->module, "core.peer") || begins(parts->module, "core.listener") ||
           begins(parts->module, "server.") || line_has(line, "peer_recv_callback") ||
           line_has(line, "transport_accept") || line_has(line, "client authentication failure") ||
           line_has(line, "rdp_server_") || line_has(line, "nego_server") || line_has(line, "gnome-remote-desktop") ||
           line_has(line, "gnome-remote-de[");
}

/* "3", "0x00000003", "[HYBRID|SSL]". */
static int64_t protocols_of(const char *text)
{
    static const struct {
        const char *name;
        int64_t bit;
    } names[] = { { "SSL", 1 }, { "HYBRID", 2 }, { "RDSTLS", 4 }, { "HYBRID_EX", 8 }, { "RDSAAD", 16 }, { "RDP", 0 } };
    const int64_t number = begins(text, "0x") ? word_hex(text + 2) : word_number(text, PROTOCOL_BITS_MAX);
    if (number != TALE_UNSEEN) {
        return number <= PROTOCOL_BITS_MAX ? number : TALE_UNSEEN;
    }
    int64_t bits = 0;
    bool any = false;
    while (*text != '\0') {
        const size_t length = strcspn(text, "[]| ,");
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (length == strlen(names[i].name) && memcmp(text, names[i].name, length) == 0) {
                bits |= names[i].bit;
                any = true;
            }
        }
        text += length + (text[length] != '\0');
    }
    return any ? bits : TALE_UNSEEN;
}

static int64_t failure_of(const char *message)
{
    static const char *const names[] = { "SSL_REQUIRED_BY_SERVER",    "SSL_NOT_ALLOWED_BY_SERVER",
                                         "SSL_CERT_NOT_ON_SERVER",    "INCONSISTENT_FLAGS",
                                         "HYBRID_REQUIRED_BY_SERVER", "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER" };
    if (!begins(message, "Error: ")) {
        return TALE_UNSEEN;
    }
    message += strlen("Error: ");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const size_t length = strlen(names[i]);
        if (strncmp(message, names[i], length) == 0 && (message[length] == '\0' || message[length] == ' ')) {
            return (int64_t)i + 1;
        }
    }
    return TALE_UNSEEN;
}

/* Where the client was when it gave up with this code. Some only say that it did. */
static int stage_of(uint32_t code)
{
    static const struct {
        uint32_t code;
        enum check_id at;
    } stages[] = {
        { 0x20004, CHECK_NAME },    { 0x20005, CHECK_NAME },        { 0x20006, CHECK_TCP },
        { 0x20007, CHECK_SESSION }, { 0x20008, CHECK_TLS },         { 0x20009, CHECK_NLA },
        { 0x2000A, CHECK_SESSION }, { 0x2000C, CHECK_NEGOTIATION }, { 0x2000E, CHECK_LOGON },
        { 0x2000F, CHECK_LOGON },   { 0x20010, CHECK_LOGON },       { 0x20011, CHECK_NLA },
        { 0x20012, CHECK_LOGON },   { 0x20013, CHECK_LOGON },       { 0x20014, CHECK_LOGON },
        { 0x20015, CHECK_LOGON },   { 0x20016, CHECK_SESSION },     { 0x20017, CHECK_LOGON },
        { 0x20018, CHECK_LOGON },   { 0x20019, CHECK_LOGON },       { 0x2001A, CHECK_LOGON },
        { 0x2001C, CHECK_SESSION }, { 0x2001D, CHECK_SESSION },     { 0x2001E, CHECK_NEGOTIATION },
    };
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        if (stages[i].code == code) {
            return (int)stages[i].at;
        }
    }
    return TALE_UNSEEN;
}

/* Says that it failed, not at what: something nearer, told before or behind it, counts more. */
static bool is_vague(int64_t code)
{
    return code == TALE_UNSEEN || code == 0x20001 || code == 0x20002 || code == 0x20003 || code == 0x2000B ||
           code == 0x2000D || code == 0x20000;
}

/* "ERRCONNECT_TLS_CONNECT_FAILED [0x00020008]": the number is read from its own field, behind the name. */
static uint32_t code_in(const char *message)
{
    const char *name = strstr(message, "ERRCONNECT_");
    name = name != NULL ? name : strstr(message, "ERRINFO_");
    if (name == NULL) {
        return 0;
    }
    const size_t length = strcspn(name, " ,.;:)");
    if (strncmp(name + length, " [0x", 4) == 0) {
        const int64_t value = word_hex(name + length + 4);
        return value > 0 ? (uint32_t)value : 0;
    }
    char word[64];
    enum code_kind kind;
    word_copy(name, " ,.;:)", word, sizeof word);
    const struct code_fact *fact = code_by_name(word, &kind);
    if (fact == NULL) {
        return 0;
    }
    return kind == CODE_ERRINFO || kind == CODE_EXTENDED ? CLASS_ERRINFO << 16 | (fact->value & 0xFFFF) : fact->value;
}

/* The way through a Remote Desktop Gateway has TLS of its own. */
static bool of_gateway(const struct text_line *line, const struct parts *parts)
{
    return begins(parts->module, "core.gateway") || line_has(line, "rdg_") || line_has(line, "tsg_");
}

/* The library sets the one for whatever keeps a name from becoming an address. */
static void take_name_code(struct tale *tale, uint32_t code)
{
    if ((code == 0x20004 || code == 0x20005) && tale->name_error == TALE_UNSEEN) {
        tale->name_error = NAME_OTHER;
    }
}

static void take_code(struct freerdp_log *log, struct tale *tale, uint32_t code)
{
    if (code >> 16 == CLASS_ERRINFO) {
        tale->extended = code & 0xFFFF;
        tale->stopped = CHECK_SESSION; /* the server's own word for the end of a session, or of its beginning */
        return;
    }
    if (code >> 16 != CLASS_CONNECT || (is_vague(code) && !is_vague(tale->code))) {
        return;
    }
    tale->code = code;
    const int stage = stage_of(code);
    tale->stopped = stage != TALE_UNSEEN ? stage : is_vague(code) ? log->went_to : TALE_UNSEEN;
}

/* "connect to srv:3389 failed with error: Connection refused [111]" (FreeRDP 3); the numbers are Linux's. */
static void take_connect(struct tale *tale, const char *message)
{
    const char *failed = strstr(message, " failed with error: ");
    const char *number = failed != NULL ? strrchr(failed, '[') : NULL;
    if (!begins(message, "connect to ") || number == NULL) {
        return;
    }
    const char *host = message + strlen("connect to ");
    const char *colon = failed;
    while (colon > host && *colon != ':') {
        colon--;
    }
    if (colon == host) {
        return;
    }
    const size_t length = (size_t)(colon - host) < sizeof tale->host ? (size_t)(colon - host) : sizeof tale->host - 1;
    memcpy(tale->host, host, length);
    tale->host[length] = '\0';
    tale->port = word_number(colon + 1, 65535);
    switch (word_number(number + 1, 200)) {
    case 111:
        tale->tcp = TCP_REFUSED;
        break;
    case 110:
        tale->tcp = TCP_SILENT;
        break;
    case 101:
    case 113:
        tale->tcp = TCP_UNREACHABLE;
        break;
    default:
        break;
    }
}

/* "getaddrinfo(srv) failed with Name or service not known" (FreeRDP 3) */
static void take_name(struct tale *tale, const char *message)
{
    if (!begins(message, "getaddrinfo(")) {
        return;
    }
    word_copy(message + strlen("getaddrinfo("), ")", tale->host, sizeof tale->host);
    tale->name_error = strstr(message, "not known") != NULL ? NAME_NOT_FOUND : NAME_OTHER;
}

static void take_negotiation(struct freerdp_log *log, struct tale *tale, const char *message)
{
    static const struct {
        const char *mark;
        bool asked;
    } fields[] = { { "RequestedProtocols: ", true }, { "selected_protocol: ", false }, { "Negotiated ", false } };
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (begins(message, fields[i].mark)) {
            *(fields[i].asked ? &log->asked : &log->selected) = protocols_of(message + strlen(fields[i].mark));
        }
    }
    const int64_t failure = failure_of(message);
    if (failure != TALE_UNSEEN) {
        tale_offer(tale, log->asked, TALE_UNSEEN, failure);
        log->asked = TALE_UNSEEN;
        log->selected = TALE_UNSEEN;
    }
}

/* Modules and states that a client comes to only behind the security layer. */
static void take_progress(struct freerdp_log *log, const struct parts *parts)
{
    static const char *const modules[] = { "core.gcc",  "core.mcs",  "core.license", "core.capabilities", "core.update",
                                           "core.info", "channels.", "gdi",          "core.orders" };
    const char *state = strstr(parts->message, "CONNECTION_STATE_");
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        log->went_to = begins(parts->module, modules[i]) ? CHECK_SESSION : log->went_to;
    }
    if (state == NULL) {
        return;
    }
    state += strlen("CONNECTION_STATE_");
    if (begins(state, "NLA")) {
        log->went_to = log->went_to != CHECK_SESSION ? CHECK_NLA : log->went_to;
    } else if (begins(state, "MCS") || begins(state, "LICENS") || begins(state, "CAPAB") || begins(state, "FINALIZ") ||
               begins(state, "CONNECT_TIME") || begins(state, "RDP_SEC") || begins(state, "SECURE") ||
               begins(state, "ACTIVE")) {
        log->went_to = CHECK_SESSION;
    }
}

/* "SPNEGO received NTSTATUS: STATUS_LOGON_FAILURE [0xC000006D] from server" (FreeRDP 2): errorCode of MS-CSSP 2.2.1 */
static void take_refusal(struct tale *tale, const char *message)
{
    const char *mark = strstr(message, "received NTSTATUS: ");
    const char *number = mark != NULL ? strstr(mark, "[0x") : NULL;
    const int64_t status = number != NULL ? word_hex(number + strlen("[0x")) : TALE_UNSEEN;
    if (status > 0) {
        tale->refusal = status;
    }
}

/* "The hostname used for this connection (srv:3389)", and the certificate that was not taken. */
static void take_certificate(struct freerdp_log *log, struct tale *tale, const char *message)
{
    static const char mark[] = "The hostname used for this connection (";
    if (begins(message, mark)) {
        const char *colon = strrchr(message, ':');
        word_copy(message + strlen(mark), ":)", tale->host, sizeof tale->host);
        tale->port = colon != NULL ? word_number(colon + 1, 65535) : TALE_UNSEEN;
    }
    log->refused = log->refused || strstr(message, "certificate not trusted, aborting") != NULL ||
                   strstr(message, "Host key verification failed") != NULL;
}

static bool is_normal(uint32_t extended)
{
    static const char normal[] = "A normal ending";
    const struct code_fact *fact = code_fact(CODE_EXTENDED, extended);
    fact = fact != NULL ? fact : code_fact(CODE_ERRINFO, extended);
    return fact != NULL && fact->beware != NULL && strncmp(fact->beware, normal, strlen(normal)) == 0;
}

/* What was gathered of a process, once its lines are over. */
static void settle(struct freerdp_log *log)
{
    if (!log->begun) {
        return;
    }
    struct tale *tale = tales_at(&log->tales, tales_kept(&log->tales) - 1);
    const struct code_fact *fact = tale->code >= 0 ? code_fact(CODE_FREERDP, (uint32_t)tale->code) : NULL;
    const bool behind = tale->offer_count > 0 && (log->went_to == CHECK_SESSION || log->went_to == CHECK_NLA ||
                                                  (tale->stopped != TALE_UNSEEN && tale->stopped > CHECK_NEGOTIATION));
    if (log->refused) {
        tale->stopped = TALE_UNSEEN; /* the client ended it itself */
        tale_how(tale, "the client did not take the server's certificate and ended the connection itself");
    }
    if (log->selected != TALE_UNSEEN) {
        tale->offer_count = 0; /* refusals of its other offers stopped nothing */
        tale_offer(tale, log->asked, log->selected, TALE_UNSEEN);
    } else if (behind) {
        tale->offer_count = 0; /* it fell back to an offer that was taken */
    } else if (tale->offer_count > 0 && (tale->stopped == TALE_UNSEEN || tale->stopped == CHECK_NEGOTIATION)) {
        tale->stopped = TALE_UNSEEN; /* the refusals say it better */
    }
    if (tale->refusal != TALE_UNSEEN && !tale_of_account(tale->refusal)) {
        tale->stopped = TALE_UNSEEN; /* that answer says where, and more */
    }
    if (fact != NULL) {
        tale_how(tale, "the client's log ends with %s: %.*s", fact->name, (int)strcspn(fact->meaning, "."),
                 fact->meaning);
    } else if (tale->extended > 0 && is_normal((uint32_t)tale->extended)) {
        tale->stopped = TALE_UNSEEN;
        tale_how(tale, "the server's last word is that of a normal ending, 0x%" PRIX64, (uint64_t)tale->extended);
    } else if (tale->extended > 0) {
        fact = code_fact(CODE_ERRINFO, (uint32_t)tale->extended);
        tale_how(tale, "the server said why it ended it: 0x%" PRIX64 "%s%s", (uint64_t)tale->extended,
                 fact != NULL ? ", " : "", fact != NULL ? fact->name : "");
    }
    tale->works = tale->code == TALE_UNSEEN && tale->extended == TALE_UNSEEN && log->went_to == CHECK_SESSION;
}

void freerdp_log_init(struct freerdp_log *log)
{
    *log = (struct freerdp_log){ .asked = TALE_UNSEEN, .selected = TALE_UNSEEN, .went_to = TALE_UNSEEN };
}

static struct tale *tale_of(struct freerdp_log *log, const struct parts *parts, struct error *error)
{
    if (log->begun && log->process == parts->process) {
        return tales_at(&log->tales, tales_kept(&log->tales) - 1);
    }
    settle(log);
    struct tale *tale = tales_add(&log->tales, TOLD_BY_CLIENT, parts->three ? "FreeRDP 3" : "FreeRDP 2", error);
    log->begun = tale != NULL;
    log->process = parts->process;
    log->asked = log->selected = TALE_UNSEEN;
    log->went_to = TALE_UNSEEN;
    log->refused = false;
    return tale;
}

bool freerdp_log_take(void *context, const struct text_line *line, struct error *error)
{
    struct freerdp_log *log = context;
    struct parts parts;
    if (!split(line, &parts)) {
        return true;
    }
    if (is_server(line, &parts)) {
        log->foreign++;
        return true;
    }
    log->used++;
    struct tale *tale = tale_of(log, &parts, error);
    if (tale == NULL) {
        return false;
    }
    const uint32_t code = begins(parts.message, "TODO: ") ? 0 : code_in(parts.message);
    take_progress(log, &parts);
    if (code != 0) {
        take_code(log, tale, code);
        tale->stopped = of_gateway(line, &parts) ? CHECK_GATEWAY : tale->stopped;
        take_name_code(tale, code);
    }
    take_negotiation(log, tale, parts.message);
    take_connect(tale, parts.message);
    take_name(tale, parts.message);
    take_refusal(tale, parts.message);
    take_certificate(log, tale, parts.message);
    if (code != 0 || begins(parts.level, "ERROR") || begins(parts.level, "FATAL") || begins(parts.level, "WARN")) {
        tale_quote(tale, line->number, TALE_NO_TIME, parts.message, strlen(parts.message));
    }
    return true;
}

void freerdp_log_end(struct freerdp_log *log)
{
    settle(log);
}

void freerdp_log_release(struct freerdp_log *log)
{
    tales_release(&log->tales);
    freerdp_log_init(log);
}
