#include "path/path_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "platform/privileges.h"
#include "platform/route.h"
#include "platform/tunnel.h"

bool path_init(struct run *run, struct error *error)
{
    run->path = alloc_new(sizeof(*run->path));
    return run->path != NULL || error_no_memory(error);
}

void path_release(struct run *run)
{
    if (run->path != NULL) {
        sweep_free(run->path->sweep);
        line_free(run->path->line);
        trace_free(run->path->trace);
        for (size_t i = 0; run->path->opened && i < PATH_PROBERS; i++) {
            prober_sockets_close(&run->path->sockets[i]);
        }
        alloc_free(run->path);
        run->path = NULL;
    }
}

struct prober *path_prober_new(struct run *run, const struct prober_options *options, struct error *error)
{
    struct path *path = run->path;
    struct prober_options own = *options;
    if (!path->opened) {
        path->opened = true;
        for (size_t i = 0; i < PATH_PROBERS; i++) {
            path->sockets[i] = prober_sockets_open();
        }
        if (!platform_privileges_drop()) {
            error_set(error, ERROR_INTERNAL, "cannot give up the privileges of this process");
            return NULL;
        }
    }
    if (path->taken < PATH_PROBERS) {
        own.sockets = &path->sockets[path->taken++];
    }
    own.pace = own.per_second == 0 || own.per_second == PROBER_PER_SECOND ? &path->pace : NULL;
    return prober_new(run->loop, &own, error);
}

bool path_note_target(struct run *run, const struct address *to, struct error *error)
{
    struct ev_text *used = &run->evidence->target.address;
    char text[ADDRESS_TEXT_SIZE];
    if (used->source != SOURCE_NONE) {
        return true;
    }
    address_format(to, text);
    return ev_set_words(used, SOURCE_PROBE, text, error);
}

bool path_note_means(struct ev_list *means, const char *words, struct error *error)
{
    ev_each (item, const struct ev_text_item, means) {
        if (ev_text_is(&item->text, words)) {
            return true;
        }
    }
    struct ev_text_item *item = ev_list_add(means, SOURCE_PROBE, &text_item_table, 0, error);
    return item != NULL && ev_set_words(&item->text, SOURCE_PROBE, words, error);
}

static bool target_address(const struct run *run, struct address *address)
{
    const struct evidence *evidence = run->evidence;
    if (evidence->target.address.v != NULL && address_parse(evidence->target.address.v, address)) {
        return true;
    }
    ev_each (item, const struct ev_address_item, &evidence->target.addresses) {
        if (item->address.v != NULL && address_parse(item->address.v, address) &&
            (run->options->family == ADDRESS_NONE || run->options->family == address->family)) {
            return true;
        }
    }
    return false;
}

static bool routed(const struct address *to)
{
    struct platform_route route;
    return !platform_route_get(to, &route, NULL) || !route.unreachable;
}

static int64_t mtu_towards(const struct address *to)
{
    struct platform_route route;
    return platform_route_get(to, &route, NULL) && !route.unreachable ? (int64_t)route.mtu : 0;
}

/* The plain route to the gateway may lead into the tunnel, whose program marks its own packets; ours carry no mark. */
static void around_the_tunnel(const struct ev_vpn *vpn, struct path_leg_to *leg)
{
    struct platform_route route;
    struct platform_route way = { .index = 0 };
    if (vpn->outer_interface.v == NULL || !platform_route_get(&leg->to, &route, NULL) ||
        strcmp(route.interface, vpn->outer_interface.v) == 0) {
        return;
    }
    way.index = platform_interface_index(vpn->outer_interface.v);
    if (way.index != 0 && platform_interface(&way)) {
        leg->interface = way.index;
        leg->mtu = way.mtu;
    }
}

size_t path_legs(const struct run *run, struct path_leg_to legs[PATH_LEGS_MAX])
{
    const struct ev_vpn *vpn = &run->evidence->route.vpn;
    struct address to;
    struct address outer;
    /* a name may have addresses that this machine has no route to; then there is no way */
    if (!target_address(run, &to) || !routed(&to)) {
        return 0;
    }
    const bool tunnel = vpn->kind.source != SOURCE_NONE && vpn->kind.v != VPN_NONE;
    legs[0] = (struct path_leg_to){ tunnel ? LEG_OVERLAY : LEG_DIRECT, to, mtu_towards(&to), 0 };
    if (!tunnel || vpn->outer_endpoint.v == NULL || !address_parse(vpn->outer_endpoint.v, &outer) || !routed(&outer)) {
        return 1;
    }
    legs[1] = (struct path_leg_to){ LEG_UNDERLAY, outer, mtu_towards(&outer), 0 };
    around_the_tunnel(vpn, &legs[1]);
    return 2;
}
