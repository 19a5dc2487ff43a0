/* What several files have told together: when what happened, and who saw which field. */
#include "base/clock.h"
#include "diagnose/timeline.h"
#include "evidence/merge.h"
#include "json/parts.h"

static void put_timeline(struct maker *maker, json_t *root, const struct timeline *timeline)
{
    json_t *list = parts_put(maker, root, "timeline", json_array());
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment *moment = &timeline->items[i];
        char when[CLOCK_TEXT_SIZE];
        json_t *row = parts_append(maker, list, json_object());
        clock_format(moment->time_us, when);
        parts_put_text(maker, row, "at", when);
        parts_put_text(maker, row, "side", field_name_of(joined_side_names, (int)moment->side));
        if (!moment->of_saved) {
            parts_put_int(maker, row, "file", (int64_t)moment->file);
        }
        if (moment->unmatched) {
            parts_put(maker, row, "own_clock", json_true());
        }
        if (moment->zoneless) {
            parts_put(maker, row, "no_zone", json_true());
        }
        parts_put_text(maker, row, "what", moment->words);
    }
}

static void put_sources(struct maker *maker, json_t *root, const struct origins *origins)
{
    json_t *list = parts_put(maker, root, "sources", json_array());
    for (size_t i = 0; i < origins->count; i++) {
        const uint8_t source = origins->items[i].source;
        if (source == SOURCE_COMPUTED || source == SOURCE_FILE) {
            continue; /* a document that was saved without its sources */
        }
        json_t *row = parts_append(maker, list, json_object());
        parts_put_text(maker, row, "field", origins->items[i].place);
        if (source_file(source) > 0) {
            parts_put_int(maker, row, "file", (int64_t)source_file(source));
        } else {
            parts_put_text(maker, row, "by", source == SOURCE_USER ? "user" : "probe");
        }
    }
}

void parts_put_story(struct maker *maker, json_t *root, const struct evidence *evidence)
{
    struct timeline timeline;
    struct origins origins;
    struct error error;
    if (evidence->joined.parts.count < 2) {
        return;
    }
    if (!timeline_of(evidence, &timeline, &error)) {
        maker->failed = true;
        return;
    }
    put_timeline(maker, root, &timeline);
    timeline_release(&timeline);
    if (!evidence_origins(evidence, &origins, &error)) {
        maker->failed = true;
        return;
    }
    put_sources(maker, root, &origins);
    origins_release(&origins);
}
