#include "ways/likely.h"

#define KIND(kind) (1U << (kind))
enum { FIRST_MAX = 4 };

/* The cause; what to try first, likeliest foremost; what cannot help: left out when the cause is proved, tried last
 * among the safe ways when it is not; and what would do harm, left out as soon as the cause is likely. */
static const struct row {
    enum cause cause;
    enum way_kind first[FIRST_MAX];
    unsigned pointless;
    unsigned harmful;
} rows[] = {
    /* the name leads to the wrong place, or nowhere */
    { CAUSE_NAME_NOT_RESOLVED, { WAY_RESOLVER, WAY_NAME }, 0, 0 },
    { CAUSE_NAME_SPLIT_DNS, { WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_NAME_STALE_ADDRESS, { WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_NAME_IPV6_FIRST, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    { CAUSE_ROUTE_WRONG_INTERFACE, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    { CAUSE_HOST_DOWN, { WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_NIC_DISABLED_OR_GHOST, { WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_STATIC_IP_IN_CLOUD, { WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    /* the machine is there, the port is not, or is kept shut */
    { CAUSE_FIREWALL_BLOCKS, { WAY_PORT, WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    { CAUSE_FIREWALL_PROFILE_PUBLIC, { WAY_PORT, WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    { CAUSE_RDP_DISABLED, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_TERMSERVICE_STOPPED, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_LISTENER_MISSING, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    { CAUSE_PORT_MOVED, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, 0, 0 },
    /* something else answers there */
    { CAUSE_PORT_TAKEN, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, KIND(WAY_TLS) | KIND(WAY_RDP), 0 },
    { CAUSE_WRONG_PROTOCOL, { WAY_PORT, WAY_RESOLVER, WAY_NAME, WAY_ANSWER }, KIND(WAY_TLS) | KIND(WAY_RDP), 0 },
    /* what stands in front cannot reach the host: past it */
    { CAUSE_FORWARD_DEAD_BACKEND, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME, WAY_PORT }, KIND(WAY_SMALL), 0 },
    { CAUSE_PROXY_BACKEND_FAILED, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME, WAY_PORT }, KIND(WAY_SMALL), 0 },
    { CAUSE_ZTNA_BACKEND_FAILED, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME, WAY_PORT }, KIND(WAY_SMALL), 0 },
    { CAUSE_BAN_TOOL_BLOCKS_CLIENT, { WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, KIND(WAY_SMALL) | KIND(WAY_PORT), 0 },
    { CAUSE_IPS_RESETS, { WAY_PORT, WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, KIND(WAY_SMALL), 0 },
    { CAUSE_IPS_DROPS, { WAY_PORT, WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    /* a password typed into a downgrade would go to whoever stands between */
    { CAUSE_TLS_INTERCEPTION,
      { WAY_ANSWER, WAY_RESOLVER, WAY_NAME, WAY_PORT },
      KIND(WAY_SMALL),
      KIND(WAY_TLS) | KIND(WAY_RDP) },
    /* its TLS: that without NLA is the same TLS */
    { CAUSE_CERT_MISSING, { WAY_NONE }, KIND(WAY_SMALL) | KIND(WAY_WIDE) | KIND(WAY_TLS), 0 },
    { CAUSE_TLS_NO_COMMON, { WAY_WIDE }, KIND(WAY_SMALL) | KIND(WAY_TLS), 0 },
    { CAUSE_RDP_KEY_UNREADABLE, { WAY_NONE }, KIND(WAY_SMALL) | KIND(WAY_WIDE) | KIND(WAY_TLS), 0 },
    { CAUSE_CERT_RENEW_FAILED, { WAY_NONE }, KIND(WAY_SMALL) | KIND(WAY_WIDE) | KIND(WAY_TLS), 0 },
    { CAUSE_CERT_BINDING_WRONG, { WAY_NONE }, KIND(WAY_SMALL) | KIND(WAY_WIDE) | KIND(WAY_TLS), 0 },
    { CAUSE_SCHANNEL_UPDATE_REGRESSION, { WAY_NONE }, KIND(WAY_SMALL) | KIND(WAY_TLS), 0 },
    { CAUSE_FIPS_MISMATCH, { WAY_NONE }, KIND(WAY_SMALL), 0 },
    { CAUSE_SECURITY_LAYER_MISMATCH, { WAY_NONE }, KIND(WAY_SMALL), 0 },
    { CAUSE_MTU_BLACK_HOLE, { WAY_SMALL, WAY_ANSWER, WAY_RESOLVER, WAY_NAME }, 0, 0 },
    /* NLA turns it down: its own name may do for Kerberos; else security is what is left. Its other addresses are the
     * same machine. */
    { CAUSE_NTLM_BLOCKED, { WAY_NAME, WAY_RESOLVER }, KIND(WAY_SMALL) | KIND(WAY_ANSWER), 0 },
    { CAUSE_NLA_NO_DC, { WAY_NAME, WAY_RESOLVER }, KIND(WAY_SMALL) | KIND(WAY_ANSWER), 0 },
    { CAUSE_CREDSSP_MISMATCH, { WAY_NAME, WAY_RESOLVER }, KIND(WAY_SMALL) | KIND(WAY_ANSWER), 0 },
    { CAUSE_CLOCK_SKEW, { WAY_NAME, WAY_RESOLVER }, KIND(WAY_SMALL) | KIND(WAY_ANSWER), 0 },
};

enum way_kind way_kind_of(const struct recipe *recipe)
{
    static const enum way_kind kinds[] = { [RECIPE_PLAIN] = WAY_NONE,
                                           [RECIPE_ANSWER] = WAY_ANSWER,
                                           [RECIPE_RESOLVER] = WAY_RESOLVER,
                                           [RECIPE_NAME] = WAY_NAME,
                                           [RECIPE_PORT] = WAY_PORT };
    return recipe->security == RECIPE_TLS      ? WAY_TLS
           : recipe->security == RECIPE_RDP    ? WAY_RDP
           : recipe->wide_tls                  ? WAY_WIDE
           : recipe->transport == RECIPE_SMALL ? WAY_SMALL
                                               : kinds[recipe->from];
}

enum cause likely_cause(const struct verdict *verdict, enum certainty *certainty)
{
    *certainty = CERTAINTY_NONE;
    if (verdict == NULL) {
        return CAUSE_NONE;
    }
    if (verdict->cause != CAUSE_NONE) {
        *certainty = verdict->certainty;
        return verdict->cause;
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].blocks) {
            *certainty = verdict->findings[i].certainty;
            return verdict->findings[i].cause;
        }
    }
    return CAUSE_NONE;
}

static const struct row *row_of(enum cause cause)
{
    static const struct row none = { .cause = CAUSE_NONE };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].cause == cause) {
            return &rows[i];
        }
    }
    return &none;
}

/* Lower is earlier. Of downgrades, less is given up first. */
static int rank_of(const struct row *row, const struct recipe *recipe)
{
    enum { REST = FIRST_MAX, POINTLESS, DOWNGRADES };
    const enum way_kind kind = way_kind_of(recipe);
    if (kind >= WAY_TLS || recipe->odd_suite) {
        return DOWNGRADES + (int)kind;
    }
    for (int i = 0; i < FIRST_MAX && row->first[i] != WAY_NONE; i++) {
        if (row->first[i] == kind) {
            return i;
        }
    }
    return (row->pointless & KIND(kind)) != 0 ? POINTLESS : REST;
}

/* What the cause says of the machine that the plain way led to, it says of no other. */
static bool is_cut(const struct row *row, enum certainty certainty, const struct recipe *plain,
                   const struct recipe *recipe)
{
    const unsigned kind = KIND(way_kind_of(recipe));
    const bool elsewhere = way_kind_of(recipe) >= WAY_TLS && !address_equal(&plain->address, &recipe->address);
    if (certainty >= CERTAINTY_LIKELY && (row->harmful & kind) != 0) {
        return true;
    }
    return certainty == CERTAINTY_PROVED && (row->pointless & kind) != 0 && !elsewhere;
}

size_t likely_sort(const struct verdict *verdict, const struct recipe *plain, struct recipe *recipes, size_t count)
{
    enum certainty certainty;
    const struct row *row = row_of(likely_cause(verdict, &certainty));
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        const struct recipe recipe = recipes[i];
        if (is_cut(row, certainty, plain, &recipe)) {
            continue;
        }
        const int rank = rank_of(row, &recipe);
        size_t at = left++;
        for (; at > 0 && rank_of(row, &recipes[at - 1]) > rank; at--) {
            recipes[at] = recipes[at - 1];
        }
        recipes[at] = recipe;
    }
    return left;
}
