/* Evidence for the search of another way in, and the questions to it. */
#ifndef RDPWHY_UNIT_WAYS_HELP_H
#define RDPWHY_UNIT_WAYS_HELP_H

#include "unit/diagnose_help.h"

#include "ways/names.h"
#include "ways/search.h"

/* --- evidence --- */

HELP struct evidence *named(const char *address)
{
    struct evidence *e = begin();
    struct ev_address_item *item;
    target_is(e, "srv.corp.example", address, NAME_FORM_FQDN);
    resolves(e, address);
    item = ev_list_add(&e->target.addresses, SOURCE_PROBE, &address_item_table, 0, &help_error);
    put_text(&item->address, address);
    return e;
}

HELP void also(struct evidence *e, const char *address)
{
    struct ev_address_item *item = ev_list_add(&e->target.addresses, SOURCE_PROBE, &address_item_table, 0, &help_error);
    resolves(e, address);
    put_text(&item->address, address);
}

/* Chose NLA, TLS came up, and the server ended it instead of a challenge. */
HELP struct evidence *nla_cut(void)
{
    struct evidence *e = named("10.20.4.17");
    tcp(e, "10.20.4.17", TCP_OPEN, 20 * MS);
    const int64_t at = chose(e, 11, 2, 0x1f, 0x1234, PURPOSE_FIRST);
    struct ev_hello *hello = ev_list_add(&e->tls.hellos, SOURCE_PROBE, &hello_table, 0, &help_error);
    ev_set_enum(&hello->shape, SOURCE_PROBE, HELLO_SCHANNEL);
    ev_set_enum(&hello->result, SOURCE_PROBE, TLS_TRY_ACCEPTED);
    ev_set_enum(&hello->version, SOURCE_PROBE, TLS_1_2);
    ev_set_bool(&hello->finished, SOURCE_PROBE, true);
    ev_set_int(&hello->connection, SOURCE_PROBE, at);
    ev_set_enum(&e->nla.ended, SOURCE_PROBE, NLA_RESET);
    return e;
}

HELP struct ev_hello *hello_of(struct evidence *e)
{
    return e->tls.hellos.items;
}

/* --- asking the search --- */

struct case_of {
    struct tried tried[WAYS_MAX];
    size_t count;
    struct ways_plan plan;
    uint16_t ports[4];
    size_t port_count;
    struct ways_name names[WAYS_NAMES_MAX];
    size_t name_count;
    const struct verdict *verdict;
    unsigned left;
};

static struct evidence through; /* of the case at hand */

HELP enum ways_step next(struct case_of *it)
{
    const struct ways_input input = {
        .verdict = it->verdict,
        .tried = it->tried,
        .count = it->count,
        .ports = it->ports,
        .port_count = it->port_count,
        .names = it->names,
        .name_count = it->name_count,
        .left = it->left,
    };
    return ways_next(&input, &it->plan);
}

HELP struct case_of of(const struct evidence *e)
{
    struct case_of it = { .left = 2 };
    it.count = ways_of_check(e, &through, it.tried);
    return it;
}

HELP void went(struct case_of *it, const struct evidence *e)
{
    it->tried[it->count] = (struct tried){ .recipe = it->plan.recipes[0], .evidence = e, .depth = depth_of(e) };
    ways_learn(&it->tried[it->count], &it->tried[0]);
    it->count++;
}

HELP void titles_are(const struct case_of *it, const char *const *titles, size_t count)
{
    char title[RECIPE_TITLE_SIZE];
    for (size_t i = 0; i < it->plan.count && i < count; i++) {
        recipe_title(&it->plan.recipes[i], title);
        assert_string_equal(title, titles[i]);
    }
    assert_int_equal(it->plan.count, count);
}
#define TITLES(it, ...)                                                                                                \
    do {                                                                                                               \
        static const char *const list[] = { __VA_ARGS__ };                                                             \
        titles_are(it, list, COUNT_OF(list));                                                                          \
    } while (0)

HELP void called(struct case_of *it, const char *name, const char *address)
{
    struct ways_name *item = &it->names[it->name_count++];
    item->named = NAMED_BY_CERTIFICATE;
    snprintf(item->name, sizeof item->name, "%s", name);
    assert_true(address_parse(address, &item->addresses[item->count++]));
}

#endif
