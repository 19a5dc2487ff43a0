#include "read/visits.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/text.h"

enum { LOOK_BACK = 512, SOON_US = 60000000 };
static const int64_t LONG_US = 24LL * 3600 * 1000000; /* session numbers and ActivityIDs are not for ever */

enum step { STEP_ARRIVED, STEP_ACCEPTED, STEP_BEGAN, STEP_REFUSED, STEP_ENDED, STEP_NOTED };
static const struct meaning {
    unsigned id;
    const char *log; /* part of its name */
    enum step step;
    const char *code; /* the field with the reason; NULL: none */
} meanings[] = {
    { 131, "RdpCoreTS", STEP_ARRIVED, NULL },
    { 98, "RdpCoreTS", STEP_ARRIVED, NULL },
    { 261, "RemoteConnectionManager", STEP_ARRIVED, NULL },
    { 66, "RdpCoreTS", STEP_NOTED, NULL },
    { 140, "RdpCoreTS", STEP_REFUSED, NULL },
    { 1149, "RemoteConnectionManager", STEP_ACCEPTED, NULL },
    { 4624, "Security", STEP_ACCEPTED, NULL },
    { 4625, "Security", STEP_REFUSED, "SubStatus" },
    { 4825, "Security", STEP_REFUSED, NULL },
    { 21, "LocalSessionManager", STEP_BEGAN, NULL },
    { 22, "LocalSessionManager", STEP_BEGAN, NULL },
    { 25, "LocalSessionManager", STEP_BEGAN, NULL },
    { 68, "RdpCoreTS", STEP_BEGAN, NULL },
    { 4778, "Security", STEP_BEGAN, NULL },
    { 24, "LocalSessionManager", STEP_ENDED, NULL },
    { 40, "LocalSessionManager", STEP_ENDED, "Reason" },
    { 102, "RdpCoreTS", STEP_ENDED, NULL },
    { 103, "RdpCoreTS", STEP_ENDED, "ReasonCode" },
    { 4779, "Security", STEP_ENDED, NULL },
};

static const struct meaning *meaning_of(const struct evtx_event *event)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (meanings[i].id == event->id && strstr(event->channel, meanings[i].log) != NULL) {
            /* the UDP transport is asked for by a connection that has arrived before */
            return event->id == 131 && strcmp(evtx_value(event, "ConnType"), "UDP") == 0 ? NULL : &meanings[i];
        }
    }
    return NULL;
}

void event_client(const struct evtx_event *event, char client[EVTX_VALUE_SIZE], int32_t *port)
{
    static const char *const names[] = { "IpAddress", "ClientIP", "ClientAddress", "Address", "Param3", "IPString" };
    const char *found = "";
    uint64_t number = 0;
    for (size_t i = 0; i < COUNT_OF(names) && found[0] == '\0'; i++) {
        found = evtx_value(event, names[i]);
    }
    found += found[0] == '[';
    size_t length = strcspn(found, "]");
    const char *colon = strchr(found, ':');
    const char *behind = found[length] == ']' && found[length + 1] == ':' ? found + length + 2 : NULL;
    if (found[length] == '\0' && colon != NULL && strchr(colon + 1, ':') == NULL) {
        length = (size_t)(colon - found);
        behind = colon + 1;
    }
    memcpy(client, found, length);
    client[length] = '\0';
    if (strcmp(client, "-") == 0 || strcmp(client, "LOCAL") == 0) {
        client[0] = '\0';
    }
    *port = behind != NULL && client[0] != '\0' && text_number(behind, 65535, &number) ? (int32_t)number : -1;
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 16777619U;
    }
    return hash;
}

static int64_t number_of(const char *text)
{
    uint64_t value;
    return text_number(text, UINT32_MAX, &value) ? (int64_t)value : -1;
}

static int64_t session_of(const struct evtx_event *event)
{
    static const char *const names[] = { "SessionID", "Session", "SessionId" };
    int64_t session = -1;
    for (size_t i = 0; i < COUNT_OF(names) && session < 0; i++) {
        session = number_of(evtx_value(event, names[i]));
    }
    return session;
}

/* The i-th newest. */
static struct visit *newest(const struct visits *visits, size_t i)
{
    return &visits->items[(visits->next + visits->count - 1 - i) % visits->count];
}

static bool is_soon(const struct visit *visit, int64_t time_us)
{
    return llabs(time_us - visit->seen_us) <= SOON_US;
}

/* What an event about `client` may belong to, when neither ActivityID nor session tells. */
static bool may_follow(const struct visit *visit, enum step step, int64_t time_us)
{
    const int64_t there[] = {
        [STEP_ARRIVED] = visit->arrived_us, [STEP_ACCEPTED] = visit->accepted_us, [STEP_BEGAN] = visit->began_us,
        [STEP_REFUSED] = visit->refused_us, [STEP_ENDED] = visit->ended_us,       [STEP_NOTED] = 0
    };
    return step != STEP_ARRIVED && there[step] == 0 && is_soon(visit, time_us);
}

static struct visit *find(const struct visits *visits, const struct visit *event, enum step step)
{
    struct visit *by_session = NULL;
    struct visit *by_client = NULL;
    for (size_t i = 0; i < visits->count && i < LOOK_BACK; i++) {
        struct visit *visit = newest(visits, i);
        const bool recent = llabs(event->seen_us - visit->seen_us) <= LONG_US;
        if (recent && event->activity[0] != '\0' && visit->activity_hash == event->activity_hash &&
            strcmp(visit->activity, event->activity) == 0) {
            return visit;
        }
        const bool other = event->activity[0] != '\0' && visit->activity[0] != '\0';
        const bool no_contradiction =
            event->client_hash == 0 || visit->client_hash == 0 || event->client_hash == visit->client_hash;
        if (recent && !other && by_session == NULL && event->session > 0 && visit->session == event->session &&
            no_contradiction) {
            by_session = visit;
        }
        if (!other && by_client == NULL && event->client_hash != 0 && visit->client_hash == event->client_hash &&
            may_follow(visit, step, event->seen_us)) {
            by_client = visit;
        }
    }
    return by_session != NULL ? by_session : by_client;
}

static struct visit *add(struct visits *visits, struct error *error)
{
    if (visits->count == visits->room && visits->room < VISITS_KEPT) {
        const size_t room = visits->room == 0 ? 64 : visits->room * 2;
        void *grown = alloc_resize(visits->items, room, sizeof *visits->items);
        if (grown == NULL) {
            error_no_memory(error);
            return NULL;
        }
        visits->items = grown;
        visits->room = room;
        visits->next = visits->count;
    }
    struct visit *visit = &visits->items[visits->next];
    if (visits->count == VISITS_KEPT) {
        visits->lost_us = visit->seen_us > visits->lost_us ? visit->seen_us : visits->lost_us;
    } else {
        visits->count++;
    }
    visits->next = (visits->next + 1) % visits->room;
    return visit;
}

/* The first word counts, of an end the last. */
static void note(struct visit *visit, const struct visit *event, const struct meaning *meaning, int64_t code)
{
    const int64_t time_us = event->seen_us;
    visit->seen_us = time_us < visit->seen_us ? time_us : visit->seen_us;
    if (visit->client_hash == 0 && event->client_hash != 0) {
        memcpy(visit->client, event->client, sizeof visit->client);
        visit->client_hash = event->client_hash;
    }
    if (visit->client_port < 0 && meaning->id == 131 && visit->client_hash == event->client_hash) {
        visit->client_port = event->client_port;
    }
    visit->session = event->session >= 0 ? event->session : visit->session;
    switch (meaning->step) {
    case STEP_ARRIVED:
        visit->arrived_us = visit->arrived_us == 0 || time_us < visit->arrived_us ? time_us : visit->arrived_us;
        break;
    case STEP_ACCEPTED:
        visit->accepted_us = visit->accepted_us == 0 ? time_us : visit->accepted_us;
        break;
    case STEP_BEGAN:
        visit->began_us = visit->began_us == 0 ? time_us : visit->began_us;
        break;
    case STEP_REFUSED:
        if (visit->refused_us == 0 || (visit->refused_code < 0 && code >= 0)) {
            visit->refused_us = time_us;
            visit->refused_event = (uint16_t)meaning->id;
            visit->refused_code = code;
        }
        break;
    case STEP_ENDED:
        if (time_us >= visit->ended_us && (visit->ended_code < 0 || code >= 0)) {
            visit->ended_us = time_us;
            visit->ended_event = (uint16_t)meaning->id;
            visit->ended_code = code;
        }
        break;
    case STEP_NOTED:
        break;
    }
}

bool visits_take(struct visits *visits, const struct evtx_event *event, struct error *error)
{
    const struct meaning *meaning = meaning_of(event);
    char client[EVTX_VALUE_SIZE];
    struct visit said = { .client_port = -1, .seen_us = event->time_us };
    if (meaning == NULL || event->time_us <= 0) {
        return true;
    }
    event_client(event, client, &said.client_port);
    said.session = session_of(event);
    if (strlen(client) < sizeof said.client) {
        memcpy(said.client, client, strlen(client) + 1);
        said.client_hash = client[0] != '\0' ? hash_of(client) | 1 : 0;
    }
    memcpy(said.activity, event->activity, sizeof said.activity);
    said.activity_hash = hash_of(said.activity);
    int64_t code = meaning->code != NULL ? number_of(evtx_value(event, meaning->code)) : -1;
    if (event->id == 4625 && code <= 0) {
        code = number_of(evtx_value(event, "Status"));
    }
    struct visit *visit = find(visits, &said, meaning->step);
    if (visit == NULL) {
        if (meaning->step != STEP_ARRIVED && said.client_hash == 0) {
            return true; /* at the console, or of a connection before the log begins */
        }
        visit = add(visits, error);
        if (visit == NULL) {
            return false;
        }
        *visit = (struct visit){ .activity_hash = said.activity_hash,
                                 .client_port = -1,
                                 .session = -1,
                                 .seen_us = said.seen_us,
                                 .refused_code = -1,
                                 .ended_code = -1 };
        memcpy(visit->activity, said.activity, sizeof visit->activity);
    }
    note(visit, &said, meaning, code);
    return true;
}

void visits_release(struct visits *visits)
{
    alloc_free(visits->items);
    *visits = (struct visits){ 0 };
}
