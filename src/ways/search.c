#include "ways/search.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/look.h"
#include "diagnose/through.h"
#include "ways/likely.h"
#include "ways/names.h"

enum { PORT_HTTPS = 443 };

/* --- what the check has tried --- */

static void set_host(struct recipe *recipe, const char *typed, const char *address)
{
    struct address same;
    const bool is_literal = address_parse(typed, &same) && address_equal(&same, &recipe->address);
    snprintf(recipe->host, sizeof recipe->host, "%s", is_literal ? typed : address);
    snprintf(recipe->name, sizeof recipe->name, "%s", is_literal ? "" : typed);
}

/* The first address that the system names: what a client that does not look further uses. */
static const char *first_address(const struct evidence *evidence)
{
    const struct ev_address_item *items = evidence->target.addresses.items;
    if (evidence->target.addresses.count > 0 && items[0].address.v != NULL) {
        return items[0].address.v;
    }
    return evidence->target.address.v;
}

static const struct ev_attempt *attempt_at(const struct evidence *evidence, const char *address)
{
    ev_each (attempt, const struct ev_attempt, &evidence->tcp.attempts) {
        if (ev_text_is(&attempt->address, address)) {
            return attempt;
        }
    }
    return NULL;
}

/* Another address opened where the first one is dead: the plain way is that of clients that take the first alone. */
static bool by_other_address(const struct evidence *evidence, struct tried *plain, struct tried *other)
{
    const char *first = first_address(evidence);
    const char *used = evidence->target.address.v;
    const struct ev_attempt *attempt = first != NULL ? attempt_at(evidence, first) : NULL;
    if (used == NULL || attempt == NULL || strcmp(first, used) == 0 || !seen(attempt->result.source) ||
        attempt->result.v == TCP_OPEN) {
        return false;
    }
    *other = *plain;
    if (!address_parse(used, &other->recipe.address)) {
        return false;
    }
    other->recipe.from = RECIPE_ANSWER;
    set_host(&other->recipe, plain->recipe.host, used);
    other->depth = depth_of(evidence);
    ways_learn(other, plain);
    return true;
}

/* A channel alone is no way in: RDP must have answered in it; and where the look went on in it, it counts as a direct
 * one.
 */
static bool by_gateway(const struct evidence *evidence, struct evidence *through, const struct tried *plain,
                       struct tried *other)
{
    const struct ev_gateway *gateway = &evidence->gateway;
    if (!enum_is(&gateway->tunnel.phase, GATEWAY_PHASE_OPEN) || gateway->host.v == NULL ||
        !enum_is(&gateway->tunnel.behind, GATEWAY_BEHIND_RDP)) {
        return false;
    }
    *other = *plain;
    other->recipe.transport = RECIPE_GATEWAY;
    other->depth = DEPTH_CONFIRM;
    if (through_show(evidence, through)) {
        other->evidence = through;
        other->depth = depth_of(through);
    }
    if (seen(gateway->port.source) && gateway->port.v != PORT_HTTPS) {
        snprintf(other->recipe.gateway, sizeof other->recipe.gateway, "%.255s:%u", gateway->host.v,
                 (unsigned)gateway->port.v);
    } else {
        snprintf(other->recipe.gateway, sizeof other->recipe.gateway, "%.255s", gateway->host.v);
    }
    ways_learn(other, plain);
    return true;
}

size_t ways_of_check(const struct evidence *evidence, struct evidence *through, struct tried tried[WAYS_OF_CHECK])
{
    const char *first = first_address(evidence);
    const char *used = evidence->target.address.v != NULL ? evidence->target.address.v : first;
    struct recipe plain = { .port = (uint16_t)evidence->target.port.v, .from = RECIPE_PLAIN };
    size_t count = 1;
    snprintf(plain.host, sizeof plain.host, "%s", evidence->target.host.v != NULL ? evidence->target.host.v : "");
    if (first != NULL && !address_parse(first, &plain.address)) {
        plain.address.family = ADDRESS_NONE;
    }
    tried[0] = (struct tried){ .recipe = plain, .evidence = evidence, .by_check = true };
    if (by_other_address(evidence, &tried[0], &tried[1])) {
        count = 2;
    } else {
        struct address opened;
        if (used != NULL && address_parse(used, &opened)) {
            tried[0].recipe.address = opened;
        }
        tried[0].depth = depth_of(evidence);
        tried[1] = tried[0];
        ways_learn(&tried[1], &tried[0]);
        if (tried[1].recipe.old_tls) {
            tried[0].depth = DEPTH_CONFIRM;
            count = 2;
        }
    }
    return count + (by_gateway(evidence, through, &tried[0], &tried[count]) ? 1 : 0);
}

/* --- candidates --- */

static bool was_tried(const struct ways_input *input, const struct recipe *recipe)
{
    for (size_t i = 0; i < input->count; i++) {
        if (recipe_equal(&input->tried[i].recipe, recipe)) {
            return true;
        }
    }
    return false;
}

/* The same place by the same means, whatever it is called. */
static bool same_connection(const struct recipe *a, const struct recipe *b)
{
    return address_equal(&a->address, &b->address) && a->port == b->port && a->security == b->security &&
           a->transport == b->transport && a->wide_tls == b->wide_tls;
}

static void add(const struct ways_input *input, struct ways_plan *plan, const struct recipe *recipe)
{
    bool known = was_tried(input, recipe) || plan->count == WAYS_MAX;
    for (size_t i = 0; i < plan->count && !known; i++) {
        known = same_connection(&plan->recipes[i], recipe);
    }
    for (size_t i = 0; i < input->count && !known; i++) {
        known = same_connection(&input->tried[i].recipe, recipe);
    }
    if (!known) {
        plan->recipes[plan->count++] = *recipe;
    }
}

/* The check's own connect to it came to nothing. */
static bool is_dead(const struct evidence *evidence, const char *address)
{
    const struct ev_attempt *attempt = attempt_at(evidence, address);
    return attempt != NULL && seen(attempt->result.source) && attempt->result.v != TCP_OPEN;
}

static void add_address(const struct ways_input *input, struct ways_plan *plan, const char *text, enum recipe_from from,
                        const char *resolver)
{
    const struct tried *plain = &input->tried[0];
    struct recipe recipe = plain->recipe;
    if (text == NULL || is_dead(plain->evidence, text) || !address_parse(text, &recipe.address)) {
        return;
    }
    recipe.from = from;
    recipe_forget(&recipe);
    snprintf(recipe.resolver, sizeof recipe.resolver, "%s", resolver != NULL ? resolver : "");
    set_host(&recipe, plain->evidence->target.host.v != NULL ? plain->evidence->target.host.v : "", text);
    add(input, plan, &recipe);
}

static void add_addresses(const struct ways_input *input, struct ways_plan *plan)
{
    const struct evidence *evidence = input->tried[0].evidence;
    ev_each (item, const struct ev_address_item, &evidence->target.addresses) {
        add_address(input, plan, item->address.v, RECIPE_ANSWER, NULL);
    }
    ev_each (server, const struct ev_resolver, &evidence->name.servers) {
        ev_each (answer, const struct ev_address, &server->answers) {
            add_address(input, plan, answer->address.v, RECIPE_RESOLVER, server->address.v);
        }
    }
}

/* What a name leads to on this machine itself is not the machine that was meant. */
static bool leads_home(const struct tried *plain, const struct address *address)
{
    const enum address_class class = address_class_of(address);
    return (class == ADDRESS_CLASS_LOOPBACK && address_class_of(&plain->recipe.address) != ADDRESS_CLASS_LOOPBACK) ||
           class == ADDRESS_CLASS_UNSPECIFIED || class == ADDRESS_CLASS_MULTICAST;
}

static void add_names(const struct ways_input *input, struct ways_plan *plan)
{
    const struct tried *plain = &input->tried[0];
    for (size_t i = 0; i < input->name_count; i++) {
        const struct ways_name *name = &input->names[i];
        for (size_t j = 0; j < name->count; j++) {
            struct recipe recipe = plain->recipe;
            char text[ADDRESS_TEXT_SIZE];
            address_format(&name->addresses[j], text);
            if (is_dead(plain->evidence, text) || leads_home(plain, &name->addresses[j])) {
                continue;
            }
            recipe.from = RECIPE_NAME;
            recipe.named = name->named;
            recipe.address = name->addresses[j];
            recipe_forget(&recipe);
            snprintf(recipe.host, sizeof recipe.host, "%s", name->name);
            recipe.name[0] = '\0';
            add(input, plan, &recipe);
        }
    }
}

static void add_ports(const struct ways_input *input, struct ways_plan *plan)
{
    for (size_t i = 0; i < input->port_count; i++) {
        struct recipe recipe = input->tried[0].recipe;
        recipe.port = input->ports[i];
        recipe.from = RECIPE_PORT;
        recipe_forget(&recipe);
        if (recipe.address.family != ADDRESS_NONE) {
            add(input, plan, &recipe);
        }
    }
}

/* What stalls where big packets come is worth smaller ones; what is cut at once is not. */
static bool stalls(const struct evidence *evidence)
{
    const struct ev_hello *hello = look_hello(evidence, PURPOSE_FIRST);
    if (hello == NULL) {
        return false;
    }
    return enum_is(&hello->result, TLS_TRY_SILENT) ||
           (bool_is(&hello->finished, true) && enum_is(&evidence->nla.ended, NLA_SILENT));
}

static void add_small(const struct ways_input *input, struct ways_plan *plan)
{
    for (size_t i = 0; i < input->count; i++) {
        const struct tried *tried = &input->tried[i];
        if (tried->depth < DEPTH_DOOR && tried->recipe.security == RECIPE_NLA &&
            tried->recipe.transport == RECIPE_TCP && stalls(tried->evidence)) {
            struct recipe recipe = tried->recipe;
            recipe.transport = RECIPE_SMALL;
            add(input, plan, &recipe);
        }
    }
}

/* The server's own word that what Windows offers has nothing for it (RFC 8446 6.2): handshake failure, protocol
 * version, insufficient security. */
static bool finds_nothing_common(const struct evidence *evidence)
{
    const struct ev_hello *first = look_hello(evidence, PURPOSE_FIRST);
    return first != NULL && bool_is(&first->server_hello, false) &&
           (int_is(&first->alert, 40) || int_is(&first->alert, 70) || int_is(&first->alert, 71));
}

/* It may have something in common with all that OpenSSL knows, which FreeRDP can offer; or it has answered that. */
static void add_wide(const struct ways_input *input, struct ways_plan *plan)
{
    const struct tried *plain = &input->tried[0];
    const struct ev_hello *wide = look_hello(plain->evidence, PURPOSE_WIDE_HELLO);
    enum certainty certainty;
    struct recipe recipe = plain->recipe;
    const bool answered = wide != NULL && enum_is(&wide->result, TLS_TRY_ACCEPTED) &&
                          likely_cause(input->verdict, &certainty) == CAUSE_TLS_NO_COMMON;
    const bool turned_down = wide != NULL && !enum_is(&wide->result, TLS_TRY_ACCEPTED);
    if (plain->depth != DEPTH_CONFIRM || turned_down || !(answered || finds_nothing_common(plain->evidence))) {
        return;
    }
    recipe.wide_tls = true;
    recipe_forget(&recipe);
    add(input, plan, &recipe);
}

/* --- downgrades --- */

/* The connection that got furthest by safe means; the plain one when none got further. */
static const struct tried *best_base(const struct ways_input *input)
{
    const struct tried *best = &input->tried[0];
    for (size_t i = 1; i < input->count; i++) {
        const struct tried *tried = &input->tried[i];
        if (tried->recipe.security == RECIPE_NLA && tried->recipe.transport != RECIPE_GATEWAY &&
            !ways_is_doubtful(tried, &input->tried[0]) && tried->depth > best->depth) {
            best = tried;
        }
    }
    return best;
}

static bool refuses(const struct ev_offer *offer, int64_t failure)
{
    return offer != NULL && int_is(&offer->failure, failure);
}

/* The server said on this base that less than NLA is not to be had. */
static bool insists_on_nla(const struct ways_input *input, const struct tried *base)
{
    if (refuses(look_offered(base->evidence, PROTOCOL_TLS), FAILURE_HYBRID_REQUIRED)) {
        return true;
    }
    for (size_t i = 0; i < input->count; i++) {
        const struct tried *tried = &input->tried[i];
        if (tried->recipe.security == RECIPE_TLS && address_equal(&tried->recipe.address, &base->recipe.address) &&
            tried->recipe.port == base->recipe.port &&
            refuses(look_offer(tried->evidence, PURPOSE_FIRST), FAILURE_HYBRID_REQUIRED)) {
            return true;
        }
    }
    return false;
}

/* Which lesser security may help where this base stopped. */
static void lesser_of(const struct tried *base, bool *tls, bool *rdp)
{
    const struct ev_offer *offer = look_offer(base->evidence, PURPOSE_FIRST);
    *tls = *rdp = false;
    if (offer == NULL || base->depth == DEPTH_NOTHING || enum_is(&offer->ended, NEGO_NOT_RDP)) {
        return;
    }
    if (seen(offer->failure.source)) {
        const int64_t failure = offer->failure.v;
        *rdp = failure != FAILURE_HYBRID_REQUIRED && failure != FAILURE_CLIENT_CERTIFICATE;
        *tls = *rdp && failure != FAILURE_SSL_NOT_ALLOWED && failure != FAILURE_NO_CERTIFICATE;
        return;
    }
    *rdp = true;
    /* Where the server itself chose TLS alone, asking for it again changes nothing. */
    *tls = !int_is(&offer->selected, PROTOCOL_TLS);
}

static void add_downgrades(const struct ways_input *input, struct ways_plan *plan)
{
    const struct tried *base = best_base(input);
    struct recipe recipe = base->recipe;
    bool tls;
    bool rdp;
    lesser_of(base, &tls, &rdp);
    if (base->depth >= DEPTH_DOOR || insists_on_nla(input, base)) {
        return;
    }
    recipe.security = RECIPE_TLS;
    if (tls) {
        add(input, plan, &recipe);
    }
    recipe.security = RECIPE_RDP;
    recipe.wide_tls = false;
    recipe_forget(&recipe);
    if (rdp) {
        add(input, plan, &recipe);
    }
}

/* --- the order --- */

static bool is_refused(const struct evidence *evidence)
{
    bool any = false;
    ev_each (attempt, const struct ev_attempt, &evidence->tcp.attempts) {
        if (!enum_is(&attempt->result, TCP_REFUSED)) {
            return false;
        }
        any = true;
    }
    return any;
}

enum found { FOUND_NOTHING, FOUND_LESS, FOUND };

/* What may be another machine is no way in yet, and a server that chose less than the plain way's is not the best one.
 */
static enum found found(const struct ways_input *input)
{
    enum found best = FOUND_NOTHING;
    for (size_t i = 0; i < input->count; i++) {
        const struct tried *tried = &input->tried[i];
        if (ways_is_open(tried, &input->tried[0]) && !ways_is_doubtful(tried, &input->tried[0])) {
            const enum found one = tried->recipe.lowered == LOWERED ? FOUND_LESS : FOUND;
            best = one > best ? one : best;
        }
    }
    return best;
}

enum ways_step ways_next(const struct ways_input *input, struct ways_plan *plan)
{
    const enum found so_far = found(input);
    plan->count = 0;
    if (so_far == FOUND) {
        return WAYS_DONE;
    }
    /* A host that refuses is there, and its service may listen elsewhere; what is silent may be another machine's
     * address. A stall is the line's doing before it is an address's. */
    if (is_refused(input->tried[0].evidence)) {
        add_ports(input, plan);
    }
    add_small(input, plan);
    add_wide(input, plan);
    add_addresses(input, plan);
    add_names(input, plan);
    add_ports(input, plan);
    if (so_far == FOUND_NOTHING) {
        add_downgrades(input, plan);
    }
    plan->count = likely_sort(input->verdict, &input->tried[0].recipe, plan->recipes, plan->count);
    if (plan->count == 0 || (so_far == FOUND_LESS && input->left == 0)) {
        return WAYS_DONE;
    }
    return input->left == 0 ? WAYS_ASK : WAYS_TRY;
}
