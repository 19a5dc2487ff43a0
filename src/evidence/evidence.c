#include "evidence/evidence.h"

#include "base/alloc.h"
#include "evidence/tables.h"

/* Where each check's group lies. A check without a row here records nothing of its own yet. */
static const struct {
    const struct field_table *table;
    size_t offset;
} groups[CHECK_COUNT] = {
    [CHECK_NAME] = { &name_table, offsetof(struct evidence, name) },
    [CHECK_ROUTE] = { &route_table, offsetof(struct evidence, route) },
    [CHECK_TCP] = { &tcp_table, offsetof(struct evidence, tcp) },
    [CHECK_NEGOTIATION] = { &negotiation_table, offsetof(struct evidence, negotiation) },
    [CHECK_TLS] = { &tls_table, offsetof(struct evidence, tls) },
    [CHECK_CERTIFICATE] = { &certificate_table, offsetof(struct evidence, certificate) },
    [CHECK_NLA] = { &nla_table, offsetof(struct evidence, nla) },
    [CHECK_LOGON] = { &logon_table, offsetof(struct evidence, logon) },
    [CHECK_SESSION] = { &session_table, offsetof(struct evidence, session) },
    [CHECK_MTU] = { &mtu_table, offsetof(struct evidence, mtu) },
    [CHECK_PATH] = { &path_table, offsetof(struct evidence, path) },
    [CHECK_BANDWIDTH] = { &bandwidth_table, offsetof(struct evidence, bandwidth) },
    [CHECK_UDP] = { &udp_table, offsetof(struct evidence, udp) },
    [CHECK_GATEWAY] = { &gateway_table, offsetof(struct evidence, gateway) },
    [CHECK_LOAD] = { &load_table, offsetof(struct evidence, load) },
    [CHECK_CLIENT] = { &client_table, offsetof(struct evidence, client) },
};

const struct field_table *evidence_group(enum check_id id)
{
    return groups[id].table;
}

void *evidence_group_of(struct evidence *evidence, enum check_id id)
{
    return groups[id].table == NULL ? NULL : (char *)evidence + groups[id].offset;
}

const void *evidence_group_in(const struct evidence *evidence, enum check_id id)
{
    return groups[id].table == NULL ? NULL : (const char *)evidence + groups[id].offset;
}

struct evidence *evidence_new(struct error *error)
{
    struct evidence *evidence = alloc_new(sizeof *evidence);
    if (evidence == NULL) {
        error_no_memory(error);
    }
    return evidence;
}

void evidence_free(struct evidence *evidence)
{
    if (evidence == NULL) {
        return;
    }
    field_release(&evidence_table, evidence);
    for (int id = 0; id < CHECK_COUNT; id++) {
        field_release(&check_table, &evidence->checks[id]);
        if (groups[id].table != NULL) {
            field_release(groups[id].table, evidence_group_of(evidence, (enum check_id)id));
        }
    }
    alloc_free(evidence);
}

struct evidence *evidence_copy(const struct evidence *evidence, struct error *error)
{
    struct evidence *copy = evidence_new(error);
    if (copy == NULL) {
        return NULL;
    }
    bool done = field_copy(&evidence_table, evidence, copy, error);
    for (int id = 0; done && id < CHECK_COUNT; id++) {
        done = field_copy(&check_table, &evidence->checks[id], &copy->checks[id], error) &&
               (groups[id].table == NULL || field_copy(groups[id].table, evidence_group_in(evidence, (enum check_id)id),
                                                       evidence_group_of(copy, (enum check_id)id), error));
    }
    if (!done) {
        evidence_free(copy);
        return NULL;
    }
    return copy;
}

bool evidence_equal(const struct evidence *a, const struct evidence *b)
{
    bool equal = field_equal(&evidence_table, a, b);
    for (int id = 0; equal && id < CHECK_COUNT; id++) {
        equal = field_equal(&check_table, &a->checks[id], &b->checks[id]) &&
                (groups[id].table == NULL || field_equal(groups[id].table, evidence_group_in(a, (enum check_id)id),
                                                         evidence_group_in(b, (enum check_id)id)));
    }
    return equal;
}
