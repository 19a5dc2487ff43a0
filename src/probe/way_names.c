/* Names that a search of another way has come upon, looked up by the system: no connection to anybody but its
 * resolvers.
 */
#include "base/alloc.h"
#include "net/resolve.h"
#include "probe/probe_internal.h"
#include "probe/way.h"

struct one_name {
    struct way_names *all;
    struct probe_name *name;
    struct net_lookup *lookup;
};
struct way_names {
    struct run *run;
    size_t open;
    struct one_name each[PROBE_NAMES_MAX];
};

void probe_names_release(struct run *run)
{
    struct way_names *all = run->probe->names;
    for (size_t i = 0; all != NULL && i < PROBE_NAMES_MAX; i++) {
        net_lookup_free(all->each[i].lookup);
    }
    alloc_free(all);
    run->probe->names = NULL;
}

static void looked_up(void *context, const struct net_looked_up *found)
{
    struct one_name *one = context;
    for (size_t i = 0; i < found->count && one->name->count < PROBE_NAME_ADDRESSES; i++) {
        one->name->addresses[one->name->count++] = found->answers[i].address;
    }
    if (--one->all->open == 0) {
        run_let_go(one->all->run);
    }
}

bool probe_names_start(struct run *run, struct probe_name *names, size_t count, struct error *error)
{
    struct way_names *all = alloc_new(sizeof *all);
    if (all == NULL) {
        return error_no_memory(error);
    }
    run->probe->names = all;
    all->run = run;
    for (size_t i = 0; i < count && i < PROBE_NAMES_MAX; i++) {
        names[i].count = 0;
        all->each[i].all = all;
        all->each[i].name = &names[i];
        all->each[i].lookup =
            net_lookup_system(run->loop, names[i].name, run->options->family, run_limit_us(run, PROBE_NAMES_LIMIT_US),
                              looked_up, &all->each[i], error);
        if (all->each[i].lookup == NULL) {
            return false;
        }
        all->open++;
    }
    if (all->open > 0) {
        run_hold(run);
    }
    return true;
}
