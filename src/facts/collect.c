#include "facts/collect.h"

#include "facts/tables.h"

const char *collect_script(enum collect_side side)
{
    return side == COLLECT_CLIENT ? facts_collect_client : facts_collect_server;
}

const char *collect_side_name(enum collect_side side)
{
    return side == COLLECT_CLIENT ? "client" : "server";
}
