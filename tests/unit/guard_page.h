/* Places bytes flush against an unreadable page: a parser that reads one byte too far crashes there and then. Also the
 * two tests every parser gets: each truncation, each single-byte mutation. */
#ifndef TESTS_UNIT_GUARD_PAGE_H
#define TESTS_UNIT_GUARD_PAGE_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cursor.h"

struct guard_page {
    uint8_t *start;
    size_t room; /* bytes in front of the unreadable page */
};

static inline struct guard_page guard_page_new(size_t room)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guard_page guard = { .room = (room + page - 1) / page * page };
    if (guard.room == 0) {
        guard.room = page;
    }
    guard.start = mmap(NULL, guard.room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(guard.start, MAP_FAILED);
    assert_int_equal(mprotect(guard.start + guard.room, page, PROT_NONE), 0);
    return guard;
}

static inline uint8_t *guard_page_place(const struct guard_page *guard, const void *bytes, size_t size)
{
    assert_true(size <= guard->room);
    uint8_t *place = guard->start + guard->room - size;
    if (size > 0) {
        memcpy(place, bytes, size);
    }
    return place;
}

static inline void guard_page_free(struct guard_page *guard)
{
    munmap(guard->start, guard->room + (size_t)sysconf(_SC_PAGESIZE));
}

/* How a codec's parser is called by the helpers below. */
typedef enum parse (*parse_whole)(const uint8_t *bytes, size_t size);

/* Every truncation answers "more" or "bad"; the whole answers "done". */
static inline void every_truncation_is_not_done(parse_whole parse, const void *bytes, size_t size)
{
    struct guard_page guard = guard_page_new(size);
    for (size_t n = 0; n < size; n++) {
        assert_int_not_equal(parse(guard_page_place(&guard, bytes, n), n), PARSE_DONE);
    }
    assert_int_equal(parse(guard_page_place(&guard, bytes, size), size), PARSE_DONE);
    guard_page_free(&guard);
}

/* The same for what comes in pieces: a cut of something good always asks for more. */
static inline void every_truncation_asks_for_more(parse_whole parse, const void *bytes, size_t size)
{
    struct guard_page guard = guard_page_new(size);
    for (size_t n = 0; n < size; n++) {
        assert_int_equal(parse(guard_page_place(&guard, bytes, n), n), PARSE_MORE);
    }
    assert_int_equal(parse(guard_page_place(&guard, bytes, size), size), PARSE_DONE);
    guard_page_free(&guard);
}

/* Every value in every place: only that nothing is read that is not there, and that an answer comes. */
static inline void every_mutation_is_survived(parse_whole parse, const void *bytes, size_t size)
{
    struct guard_page guard = guard_page_new(size);
    uint8_t *place = guard_page_place(&guard, bytes, size);
    for (size_t i = 0; i < size; i++) {
        uint8_t was = place[i];
        for (int value = 0; value < 256; value++) {
            place[i] = (uint8_t)value;
            enum parse answer = parse(place, size);
            assert_true(answer == PARSE_DONE || answer == PARSE_MORE || answer == PARSE_BAD);
        }
        place[i] = was;
    }
    guard_page_free(&guard);
}

#endif
