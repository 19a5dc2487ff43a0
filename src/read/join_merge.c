/* One document out of two: contents, and where they contradict each other. */
#include <stdio.h>
#include <string.h>

#include "evidence/diff.h"
#include "evidence/merge.h"
#include "evidence/tables.h"
#include "read/join.h"

enum { PLACE_MAX = 200 };

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Which differences are contradictions: of a server's log what it says of the server, of a client's what its user was
 * told and what it was set to, of another look what the server showed. */
static bool matters(const struct change *change, enum joined_side side)
{
    if (change->kind != CHANGE_OTHER || change->varies) {
        return false;
    }
    const bool head = change->check == CHECK_COUNT;
    switch (side) {
    case JOINED_SERVER:
        return head && begins_with(change->place, "server.");
    case JOINED_CLIENT:
    case JOINED_WORDS:
        return (head && begins_with(change->place, "client_said.")) || change->check == CHECK_CLIENT;
    case JOINED_WIRE:
        return change->check == CHECK_TCP || change->check == CHECK_NEGOTIATION || change->check == CHECK_TLS ||
               change->check == CHECK_CERTIFICATE || change->check == CHECK_NLA;
    }
    return false;
}

static bool add(struct evidence *into, const struct change *change, size_t kept_file, size_t other_file,
                struct error *error)
{
    char place[PLACE_MAX];
    const bool head = change->check == CHECK_COUNT;
    snprintf(place, sizeof place, "%s%s%s%s", head ? "" : "checks.",
             head ? "" : field_name_of(check_names, (int)change->check), head ? "" : ".", change->place);
    struct ev_list *list = &into->joined.contradictions;
    if (list->count == JOINED_CONTRADICTIONS_MAX) {
        return true;
    }
    struct ev_contradiction *item =
        ev_list_add(list, SOURCE_COMPUTED, &contradiction_table, JOINED_CONTRADICTIONS_MAX, error);
    if (item == NULL || !ev_set_words(&item->field, SOURCE_COMPUTED, place, error) ||
        !ev_set_text(&item->kept, SOURCE_COMPUTED, change->before, strlen(change->before), error) ||
        !ev_set_text(&item->other, SOURCE_COMPUTED, change->after, strlen(change->after), error)) {
        return false;
    }
    ev_set_int(&item->kept_file, SOURCE_COMPUTED, (int64_t)kept_file);
    ev_set_int(&item->other_file, SOURCE_COMPUTED, (int64_t)other_file);
    return true;
}

static bool add_contradictions(struct evidence *into, size_t into_file, const struct join_part *part,
                               struct error *error)
{
    struct changes changes;
    struct origins origins;
    if (!evidence_diff(into, part->evidence, &changes, error)) {
        return false;
    }
    if (!evidence_origins(into, &origins, error)) {
        changes_release(&changes);
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < changes.count && good; i++) {
        if (matters(&changes.items[i], part->side)) {
            const size_t file = source_file(origins_of(&origins, changes.items[i].place));
            good = add(into, &changes.items[i], file > 0 ? file : into_file, part->file, error);
        }
    }
    origins_release(&origins);
    changes_release(&changes);
    return good;
}

static bool add_part(struct evidence *into, size_t file, enum joined_side side, enum joined_by by, struct error *error)
{
    struct ev_list *list = &into->joined.parts;
    if (list->count == JOINED_PARTS_MAX) {
        return true;
    }
    struct ev_part *item = ev_list_add(list, SOURCE_COMPUTED, &part_table, JOINED_PARTS_MAX, error);
    if (item == NULL) {
        return false;
    }
    ev_set_int(&item->file, SOURCE_COMPUTED, (int64_t)file);
    ev_set_enum(&item->side, SOURCE_COMPUTED, (int)side);
    ev_set_enum(&item->by, SOURCE_COMPUTED, (int)by);
    return true;
}

/* What a client's own side knows and the wire does not show. */
static bool take_client(struct evidence *into, const struct evidence *client, struct error *error)
{
    static const enum check_id checks[] = { CHECK_NAME, CHECK_ROUTE, CHECK_CLIENT };
    static const struct field rows[] = {
        { FIELD_ROW(struct evidence, client_said, GROUP, NONE), .group = &client_said_table },
        { FIELD_ROW(struct evidence, told, GROUP, NONE), .group = &told_table },
    };
    static const struct field_table said = FIELD_TABLE("said", struct evidence, rows);
    if (!field_merge(&said, client, into, error)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        const struct field_table *group = evidence_group(checks[i]);
        if (field_empty(group, evidence_group_in(client, checks[i]))) {
            continue;
        }
        struct ev_enum *ran = &into->checks[checks[i]].ran;
        if (client->checks[checks[i]].ran.source != SOURCE_NONE && ran->v == RAN_NOT_HERE) {
            *ran = client->checks[checks[i]].ran;
        }
        if (!field_merge(group, evidence_group_in(client, checks[i]), evidence_group_of(into, checks[i]), error)) {
            return false;
        }
    }
    return true;
}

static bool add_main(struct evidence *into, size_t file, struct error *error)
{
    return into->joined.parts.count > 0 || add_part(into, file, join_side_of(into), JOINED_MAIN, error);
}

bool join_given(struct evidence *into, size_t into_file, size_t file, struct error *error)
{
    return into_file == file ||
           (add_main(into, into_file, error) && add_part(into, file, JOINED_WORDS, JOINED_GIVEN, error));
}

bool join_merge(struct evidence *into, size_t into_file, const struct join_part *part, struct error *error)
{
    if (!add_main(into, into_file, error) || !add_part(into, part->file, part->side, part->by, error) ||
        !add_contradictions(into, into_file, part, error)) {
        return false;
    }
    /* what that was put together from before comes along */
    if (!field_merge(&joined_table, &part->evidence->joined, &into->joined, error)) {
        return false;
    }
    /* another look at the server stays what it is */
    return part->side == JOINED_WIRE || (field_merge(&server_table, &part->evidence->server, &into->server, error) &&
                                         take_client(into, part->evidence, error));
}
