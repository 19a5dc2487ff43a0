#include "diagnose/fit.h"

#include <stdio.h>

#include "facts/profiles.h"

static enum misfit because(struct fit *fit, enum misfit misfit, const char *why)
{
    fit->misfit = misfit;
    snprintf(fit->why, sizeof fit->why, "%s", why);
    return misfit;
}

/* 10 .. 13, as the profiles count; 0: none that they know */
static unsigned plain_version(enum tls_version version)
{
    return version >= TLS_1_0 ? 10 + (unsigned)(version - TLS_1_0) : 0;
}

static const struct ev_enum *version_tried(const struct ev_tls *tls, unsigned version)
{
    switch (version) {
    case 10:
        return &tls->versions.tls10;
    case 11:
        return &tls->versions.tls11;
    case 12:
        return &tls->versions.tls12;
    default:
        return &tls->versions.tls13;
    }
}

/* The version that was agreed on lies in the client's range; or another that was tried by itself does. */
static enum misfit fit_tls(const struct evidence *e, const struct profile_fact *profile, struct fit *fit)
{
    unsigned agreed = seen(e->tls.version.source) ? plain_version((enum tls_version)e->tls.version.v) : 0;
    bool all_tried = true;
    if (agreed >= profile->tls_min && agreed <= profile->tls_max) {
        return MISFIT_NONE;
    }
    for (unsigned version = profile->tls_min; version <= profile->tls_max; version++) {
        const struct ev_enum *tried = version_tried(&e->tls, version);
        if (enum_is(tried, TLS_TRY_ACCEPTED)) {
            return MISFIT_NONE;
        }
        /* only an alert is the server's own word; a cut connect or silence may be anything */
        all_tried = all_tried && enum_is(tried, TLS_TRY_ALERT);
    }
    if (all_tried || (agreed != 0 && agreed < profile->tls_min)) {
        /* a server takes the highest it can: below the client's lowest there is nothing in common */
        return because(fit, MISFIT_TLS_VERSION, "it shares no TLS version with the server");
    }
    if (agreed == 0) {
        return because(fit, MISFIT_UNTOLD, "no TLS handshake was seen");
    }
    snprintf(fit->why, sizeof fit->why,
             "the server took TLS 1.%u; whether it also takes the client's TLS 1.%u was not tried", agreed - 10,
             profile->tls_max - 10);
    return fit->misfit = MISFIT_UNTOLD;
}

static enum misfit fit_nla(const struct evidence *e, const struct profile_fact *profile, struct fit *fit)
{
    const struct ev_int *version = &e->nla.credssp_version;
    if (!seen(version->source)) {
        return MISFIT_NONE;
    }
    if (profile->refuses_unpatched && version->v < 5) {
        return because(fit, MISFIT_CREDSSP, "it turns away servers without the CredSSP repair of 2018");
    }
    return MISFIT_NONE;
}

/* What the client and the server agree on, as far as the answers to several offers show it. */
static enum misfit fit_one(const struct look *look, const struct profile_fact *profile, struct fit *fit)
{
    const struct evidence *e = look->e;
    const struct ev_offer *first = look->first;
    *fit = (struct fit){ .profile = profile->title };
    if (first == NULL || !enum_is(&first->ended, NEGO_ANSWERED)) {
        return because(fit, MISFIT_UNTOLD, "the server's answer to the negotiation was not seen");
    }
    if (int_is(&first->selected, PROTOCOL_RDP) || bool_is(&first->no_block, true) ||
        int_is(&first->failure, FAILURE_SSL_NOT_ALLOWED)) {
        return because(fit, MISFIT_UNTOLD,
                       "the server wants standard RDP security; whether the client still does that is its setting");
    }
    if (seen(first->failure.source) || !seen(first->selected.source)) {
        return because(fit, MISFIT_UNTOLD, "the server refused the negotiation");
    }
    bool nla = (profile->offer & (PROTOCOL_NLA | PROTOCOL_NLA_EX)) != 0;
    bool tls = (profile->offer & PROTOCOL_TLS) != 0;
    const struct reading_supported *supported = &look->r->negotiation.supported;
    bool by_nla = first->selected.v == PROTOCOL_NLA || first->selected.v == PROTOCOL_NLA_EX;
    if (by_nla && !nla) {
        if (ev_text_is(&look->r->negotiation.required, "nla")) {
            return because(fit, MISFIT_NLA, "the server insists on NLA, and this client has none");
        }
        if (!bool_is(&supported->tls, true)) {
            return because(fit, MISFIT_UNTOLD, "whether the server goes without NLA was not tried");
        }
    }
    if (!by_nla && !tls) {
        if (ev_text_is(&look->r->negotiation.required, "tls")) {
            return because(fit, MISFIT_TLS, "the server insists on TLS, and this client has none");
        }
        if (!bool_is(&supported->rdp, true)) {
            return because(fit, MISFIT_UNTOLD, "whether the server goes without TLS was not tried");
        }
        return MISFIT_NONE;
    }
    if (fit_tls(e, profile, fit) != MISFIT_NONE && fit->misfit != MISFIT_UNTOLD) {
        return fit->misfit;
    }
    /* whatever TLS they would agree on: what NLA is turned away for stays */
    if (by_nla && nla) {
        (void)fit_nla(e, profile, fit);
    }
    return fit->misfit;
}

bool fit_named(const struct look *look, struct fit *fit)
{
    const struct ev_text *named = &look->e->client.profile;
    const struct profile_fact *profile = named->v != NULL ? profile_by_id(named->v) : NULL;
    if (profile == NULL) {
        return false;
    }
    fit_one(look, profile, fit);
    return true;
}

static const struct field_table *fit_table(void)
{
    const struct field_table *group = reading_group(CHECK_CLIENT);
    return group->fields[0].group;
}

static bool add(const struct look *look, struct reading_client *reading, const struct profile_fact *profile,
                struct error *error)
{
    struct fit fit;
    struct reading_fit *row = ev_list_add(&reading->profiles, SOURCE_COMPUTED, fit_table(), 0, error);
    if (row == NULL) {
        return false;
    }
    fit_one(look, profile, &fit);
    if (fit.misfit != MISFIT_UNTOLD) {
        ev_set_bool(&row->fits, SOURCE_COMPUTED, fit.misfit == MISFIT_NONE);
    }
    return ev_set_words(&row->profile, SOURCE_COMPUTED, profile->id, error) &&
           (fit.misfit == MISFIT_NONE || ev_set_words(&row->why, SOURCE_COMPUTED, fit.why, error));
}

bool fit_fill(const struct look *look, struct reading_client *reading, struct error *error)
{
    const struct ev_text *named = &look->e->client.profile;
    if (named->v == NULL) {
        return true;
    }
    if (!ev_text_is(named, "all")) {
        const struct profile_fact *profile = profile_by_id(named->v);
        return profile == NULL || add(look, reading, profile, error);
    }
    const struct profile_fact *profile;
    for (unsigned i = 0; (profile = profile_at(i)) != NULL; i++) {
        if (!add(look, reading, profile, error)) {
            return false;
        }
    }
    return true;
}
