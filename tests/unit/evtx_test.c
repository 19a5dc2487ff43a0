/* Event logs read both ways: by ourselves, and by libevtx alone. The events must be the same. */
#include "unit/cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/crc32.h"
#include "read/evtx.h"

struct sum {
    uint64_t of; /* all that was handed on, in its order */
    size_t events;
};

static void add(struct sum *sum, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        sum->of = (sum->of ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ULL;
    }
}

static void add_text(struct sum *sum, const char *text)
{
    add(sum, text, strlen(text) + 1);
}

static bool take(void *context, const struct evtx_event *event, struct error *error)
{
    struct sum *sum = context;
    (void)error;
    sum->events++;
    add(sum, &event->id, sizeof event->id);
    add(sum, &event->time_us, sizeof event->time_us);
    add_text(sum, event->provider);
    add_text(sum, event->channel);
    add_text(sum, event->computer);
    add_text(sum, event->activity);
    for (size_t i = 0; i < event->count; i++) {
        add_text(sum, event->pairs[i].name);
        add_text(sum, event->pairs[i].value);
    }
    return true;
}

/* What the log gives is the same either way. Its counts, of the quick way. */
static struct evtx_counts both_ways(FILE *file)
{
    struct evtx_counts counts[2];
    struct sum sums[2] = { { 0 } };
    static const enum evtx_way ways[] = { EVTX_QUICK, EVTX_LIBRARY };
    for (size_t i = 0; i < 2; i++) {
        struct error error = { 0 };
        rewind(file);
        const bool good = evtx_read(file, ways[i], take, &sums[i], &counts[i], &error);
        assert_true(good || error.kind == ERROR_DATA);
    }
    assert_int_equal(sums[0].events, sums[1].events);
    assert_true(sums[0].of == sums[1].of);
    assert_int_equal(counts[0].records, counts[1].records);
    assert_int_equal(counts[0].unreadable, counts[1].unreadable);
    assert_int_equal(counts[0].damaged, counts[1].damaged);
    assert_int_equal(counts[0].taken, counts[1].taken);
    assert_int_equal(counts[1].quick, 0);
    assert_false(counts[0].differs);
    return counts[0];
}

static void crc_is_the_known_one(void **state)
{
    static struct crc32 crc;
    (void)state;
    crc32_init(&crc);
    assert_true(crc32_add(&crc, 0, (const uint8_t *)"123456789", 9) == 0xCBF43926U);
    assert_true(crc32_add(&crc, crc32_add(&crc, 0, (const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5) ==
                0xCBF43926U);
    assert_true(crc32_add(&crc, 0, (const uint8_t *)"The quick brown fox jumps over the lazy dog", 43) == 0x414FA339U);
}

/* One of the fuzzer's seeds. */
static struct evtx_counts seed(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, SOURCE_DIR "/fuzz/corpus/evtx/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const struct evtx_counts counts = both_ways(file);
    fclose(file);
    return counts;
}

/* 13 events: 131, ten of 4625 with values of every type that is read here, one with types that are not, a 4688. */
static void each_form_is_held_against_libevtx_once(void **state)
{
    static const char *const names[] = { "values", "nested" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct evtx_counts counts = seed(names[i]);
        assert_int_equal(counts.records, 13);
        assert_int_equal(counts.taken, 12);
        assert_int_equal(counts.quick, 11);
        assert_int_equal(counts.checked, 2);
        assert_int_equal(counts.unreadable, 0);
    }
}

/* Logs of real machines; they stay outside the project. */
static void real_logs_are_alike(void **state)
{
    const char *top = getenv("RDPWHY_REALDATA");
    char path[4096];
    (void)state;
    snprintf(path, sizeof path, "%s/evtx", top != NULL ? top : "");
    DIR *folder = top != NULL ? opendir(path) : NULL;
    if (folder == NULL) {
        print_message("skipped: RDPWHY_REALDATA names no folder with real event logs\n");
        return;
    }
    struct evtx_counts all = { 0 };
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "%s/evtx/%s", top, entry->d_name);
        FILE *file = strstr(entry->d_name, ".evtx") != NULL ? fopen(path, "rb") : NULL;
        if (file != NULL) {
            const struct evtx_counts counts = both_ways(file);
            fclose(file);
            printf("%s taken %llu quick %llu checked %llu\n", entry->d_name, (unsigned long long)counts.taken,
                   (unsigned long long)counts.quick, (unsigned long long)counts.checked);
            all.taken += counts.taken;
            all.quick += counts.quick;
            all.checked += counts.checked;
        }
    }
    closedir(folder);
    assert_true(all.quick > 0 && all.taken >= all.quick);
    print_message("%llu events, %llu of them read here, %llu both ways\n", (unsigned long long)all.taken,
                  (unsigned long long)all.quick, (unsigned long long)all.checked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_the_known_one),
        cmocka_unit_test(each_form_is_held_against_libevtx_once),
        cmocka_unit_test(real_logs_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
