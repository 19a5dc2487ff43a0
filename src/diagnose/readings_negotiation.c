/* Readings of name and negotiation: what several answers say together. */
#include "diagnose/compute.h"

#include "facts/codes.h"

static bool knows(const struct ev_list *answers, const struct ev_text *address)
{
    struct address wanted;
    struct address item;
    if (address->v == NULL || !address_parse(address->v, &wanted)) {
        return false;
    }
    ev_each (answer, const struct ev_address, answers) {
        if (answer->address.v != NULL && address_parse(answer->address.v, &item) && address_equal(&item, &wanted)) {
            return true;
        }
    }
    return false;
}

/* Round robin and families differ harmlessly: it disagrees when nothing the system says is known to the resolver. */
static bool shares(const struct ev_list *ours, const struct ev_list *theirs)
{
    ev_each (answer, const struct ev_address, ours) {
        if (knows(theirs, &answer->address)) {
            return true;
        }
    }
    return false;
}

void compute_name(const struct evidence *evidence, struct reading_name *reading)
{
    const struct ev_name *name = &evidence->name;
    bool any = false;
    bool agrees = true;
    ev_each (server, const struct ev_resolver, &name->servers) {
        if (!enum_is(&server->rcode, NAME_OK) && !enum_is(&server->rcode, NAME_NOT_FOUND) &&
            !enum_is(&server->rcode, NAME_NO_DATA)) {
            continue; /* silent or failing: it says nothing about the name */
        }
        any = true;
        if (name->answers.count == 0) {
            agrees = agrees && server->answers.count == 0;
        } else {
            agrees = agrees && shares(&name->answers, &server->answers);
        }
    }
    if (any && seen(name->error.source)) {
        ev_set_bool(&reading->agrees, SOURCE_COMPUTED, agrees);
    }
    bool fake = false;
    ev_each (answer, const struct ev_address, &name->answers) {
        struct address address;
        fake = fake || (answer->address.v != NULL && address_parse(answer->address.v, &address) &&
                        address_class_of(&address) == ADDRESS_CLASS_BENCHMARK);
    }
    if (name->answers.count > 0) {
        ev_set_bool(&reading->fake_ip, SOURCE_COMPUTED, fake);
    }
}

static void learn(struct ev_bool *field, bool value)
{
    if (!seen(field->source) || value) {
        ev_set_bool(field, SOURCE_COMPUTED, value);
    }
}

static void learn_choice(struct reading_supported *supported, int64_t asked, int64_t chosen)
{
    bool nla = chosen == PROTOCOL_NLA || chosen == PROTOCOL_NLA_EX;
    if (chosen == PROTOCOL_RDP) {
        learn(&supported->rdp, true);
    } else if (chosen == PROTOCOL_TLS) {
        learn(&supported->tls, true);
    } else if (chosen == PROTOCOL_RDSTLS) {
        learn(&supported->rdstls, true);
    } else if (chosen == PROTOCOL_AAD) {
        learn(&supported->aad, true);
    }
    if (nla) {
        learn(&supported->nla, true);
    } else if ((asked & PROTOCOL_NLA) != 0) {
        learn(&supported->nla, false); /* servers take the strongest they can */
    }
    if (chosen == PROTOCOL_NLA_EX) {
        learn(&supported->nla_ext, true);
    } else if ((asked & PROTOCOL_NLA_EX) != 0) {
        learn(&supported->nla_ext, false);
    }
    if (chosen == PROTOCOL_RDP && (asked & PROTOCOL_TLS) != 0) {
        learn(&supported->tls, false);
    }
}

static void learn_flags(struct reading_supported *supported, int64_t flags)
{
    enum { RESTRICTED_ADMIN = 0x08, REDIRECTED_AUTHENTICATION = 0x10 };
    learn(&supported->restricted_admin, (flags & RESTRICTED_ADMIN) != 0);
    learn(&supported->credential_guard, (flags & REDIRECTED_AUTHENTICATION) != 0);
}

/* A refusal says "not this" only about what was on offer. */
static void learn_refusal(struct reading_supported *supported, int64_t asked, int64_t failure)
{
    if (asked == PROTOCOL_RDP || failure == FAILURE_SSL_REQUIRED || failure == FAILURE_HYBRID_REQUIRED) {
        learn(&supported->rdp, false);
    }
    if ((asked & PROTOCOL_TLS) != 0 && failure != FAILURE_SSL_REQUIRED && failure != FAILURE_CLIENT_CERTIFICATE) {
        learn(&supported->tls, false);
    }
    if ((asked & PROTOCOL_NLA) != 0 && failure != FAILURE_HYBRID_REQUIRED) {
        learn(&supported->nla, false);
    }
}

static bool refused(const struct ev_offer *offer)
{
    return offer != NULL && enum_is(&offer->ended, NEGO_ANSWERED) && seen(offer->failure.source);
}

/* The least that is accepted; NULL when no answer says. */
static const char *required_of(const struct evidence *evidence, const struct reading_supported *supported)
{
    const struct ev_offer *rdp = look_offered(evidence, PROTOCOL_RDP);
    const struct ev_offer *tls = look_offered(evidence, PROTOCOL_TLS);
    if (bool_is(&supported->rdp, true)) {
        return "rdp";
    }
    if (bool_is(&supported->tls, true)) {
        return refused(rdp) ? "tls" : NULL;
    }
    if (bool_is(&supported->nla, true) && refused(tls) &&
        (refused(rdp) || int_is(&tls->failure, FAILURE_HYBRID_REQUIRED))) {
        return "nla";
    }
    return NULL;
}

bool compute_negotiation(const struct evidence *evidence, struct reading_negotiation *reading, struct error *error)
{
    const char *failure = NULL;
    ev_each (offer, const struct ev_offer, &evidence->negotiation.offers) {
        if (!enum_is(&offer->ended, NEGO_ANSWERED) || !seen(offer->offer.source)) {
            continue;
        }
        if (bool_is(&offer->no_block, true)) {
            learn_choice(&reading->supported, offer->offer.v, PROTOCOL_RDP);
        } else if (seen(offer->selected.source)) {
            learn_choice(&reading->supported, offer->offer.v, offer->selected.v);
            if (seen(offer->flags.source)) {
                learn_flags(&reading->supported, offer->flags.v);
            }
        } else if (seen(offer->failure.source)) {
            learn_refusal(&reading->supported, offer->offer.v, offer->failure.v);
        }
    }
    /* the answer to the whole offer; what reduced offers get is no failure */
    const struct ev_list *offers = &evidence->negotiation.offers;
    const struct ev_offer *first = look_offer(evidence, PURPOSE_FIRST);
    if (first == NULL && offers->count > 0 && evidence->connections.count == 0) {
        first = offers->items;
    }
    if (first != NULL && seen(first->failure.source)) {
        failure = nego_failure_name((uint32_t)first->failure.v);
    }
    if (failure != NULL && !ev_set_words(&reading->failure_name, SOURCE_COMPUTED, failure, error)) {
        return false;
    }
    const char *required = required_of(evidence, &reading->supported);
    return required == NULL || ev_set_words(&reading->required, SOURCE_COMPUTED, required, error);
}
