/* What was read from several files is put together: stories by what agrees, and words that go with all of them. */
#include <inttypes.h>

#include "base/alloc.h"
#include "command/output.h"
#include "command/rdp_target.h"
#include "command/read_files.h"
#include "command/read_kinds.h"
#include "command/read_texts.h"
#include "evidence/merge.h"
#include "evidence/tables.h"
#include "read/join.h"

/* Another file has a code of its own, and not the same: said once. */
static void passed_over(struct read_all *all, const struct ev_int *code)
{
    struct read_file *row = &all->files[all->said_file];
    const size_t file = source_file(code->source);
    if (!row->outdone && file > 0 && file != all->said_file + 1 && all->found->count > 0 &&
        all->found->codes[0].value != (uint64_t)code->v) {
        row->outdone = true;
        read_skip(row, "file %zu says itself what its client was told (0x%" PRIx64 "): there this code does not count",
                  file, (uint64_t)code->v);
    }
}

/* What says neither where nor when goes with every connection: the codes of a dialog, the settings. */
static bool add_words(struct read_all *all, struct evidence *evidence, size_t file, struct error *error)
{
    const bool has_code = all->said != NULL && all->said->asked[0] != '\0';
    struct ev_rdp_file *recorded = &evidence->client.rdp_file;
    if (has_code && evidence->client_said.code.source == SOURCE_NONE) {
        if (!output_client_said(evidence, all->said->asked, error) ||
            !join_given(evidence, file, all->said_file + 1, error)) {
            return false;
        }
        field_mark(&client_said_table, &evidence->client_said, source_of_file(all->said_file + 1));
    } else if (has_code) {
        passed_over(all, &evidence->client_said.code);
    }
    if (all->settings != NULL && recorded->full_address.source == SOURCE_NONE) {
        if (!rdp_target_record(all->settings, recorded, error) ||
            !join_given(evidence, file, all->settings_file + 1, error)) {
            return false;
        }
        evidence_mark_settings(evidence, source_of_file(all->settings_file + 1));
    }
    return true;
}

static void drop_taken(struct read_all *all, const struct join_item *items)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (items[i].taken) {
            evidence_free(all->conversations[i].evidence);
        } else {
            all->conversations[kept++] = all->conversations[i];
        }
    }
    all->count = kept;
}

/* The settings say what was aimed at; with one connection story alone it is clear whose they are. */
static bool name_the_one(struct read_all *all, struct error *error)
{
    struct read_conversation *one = NULL;
    for (size_t i = 0; i < all->count; i++) {
        if (join_side_of(all->conversations[i].evidence) == JOINED_WIRE) {
            if (one != NULL) {
                return true;
            }
            one = &all->conversations[i];
        }
    }
    return one == NULL || all->settings == NULL || add_words(all, one->evidence, one->file + 1, error);
}

bool read_files_join(struct read_all *all, struct evidence *live, struct error *error)
{
    const size_t first = live != NULL ? 1 : 0;
    if (live == NULL && (!read_texts_alone(all, error) || !name_the_one(all, error))) {
        return false;
    }
    struct join_item *items = alloc_array(all->count + 1, sizeof *items);
    if (items == NULL) {
        return error_no_memory(error);
    }
    items[0] = (struct join_item){ .evidence = live, .live = true };
    for (size_t i = 0; i < all->count; i++) {
        const struct read_conversation *talk = &all->conversations[i];
        items[first + i] = (struct join_item){ .evidence = talk->evidence, .file = talk->file + 1, .log = talk->log };
    }
    bool good = join_all(items, first + all->count, error);
    if (good) {
        drop_taken(all, items + first);
        good = live == NULL || add_words(all, live, 0, error);
    }
    for (size_t i = 0; i < all->count && good; i++) {
        good = add_words(all, all->conversations[i].evidence, all->conversations[i].file + 1, error);
    }
    alloc_free(items);
    return good;
}
