#include "read/evtx_library.h"

#include <string.h>

#include <libbfio.h>
#include <libevtx.h>

#include "base/alloc.h"
#include "read/evtx_chunk.h"

enum { HEADER_SIZE = 4096, XML_MAX = 256 << 10 };

struct library {
    const struct crc32 *crc;
    libbfio_handle_t *memory;
    libevtx_file_t *file;
    char xml[XML_MAX];
    uint8_t bytes[HEADER_SIZE + CHUNK_SIZE];
};

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

/* The head of a file of one chunk. */
static void make_header(uint8_t header[HEADER_SIZE], const struct crc32 *crc)
{
    memcpy(header, "ElfFile", 8);
    put(header + 24, 1, 8);
    put(header + 32, 128, 4);
    put(header + 36, 1, 2);
    put(header + 38, 3, 2);
    put(header + 40, HEADER_SIZE, 2);
    put(header + 42, 1, 2);
    put(header + 124, crc32_add(crc, 0, header, 120), 4);
}

struct library *library_new(const struct crc32 *crc)
{
    struct library *library = alloc_new(sizeof *library);
    if (library != NULL) {
        library->crc = crc;
        make_header(library->bytes, crc);
    }
    return library;
}

static void shut(struct library *library)
{
    if (library->file != NULL) {
        libevtx_file_close(library->file, NULL);
        libevtx_file_free(&library->file, NULL);
    }
    if (library->memory != NULL) {
        libbfio_handle_free(&library->memory, NULL);
    }
}

void library_free(struct library *library)
{
    if (library != NULL) {
        shut(library);
        alloc_free(library);
    }
}

bool library_open(struct library *library, const uint8_t *chunk)
{
    shut(library);
    memcpy(library->bytes + HEADER_SIZE, chunk, CHUNK_SIZE);
    return libbfio_memory_range_initialize(&library->memory, NULL) == 1 &&
           libbfio_memory_range_set(library->memory, library->bytes, sizeof library->bytes, NULL) == 1 &&
           libevtx_file_initialize(&library->file, NULL) == 1 &&
           libevtx_file_open_file_io_handle(library->file, library->memory, LIBEVTX_OPEN_READ, NULL) == 1;
}

int library_count(struct library *library)
{
    int count = 0;
    return libevtx_file_get_number_of_records(library->file, &count, NULL) == 1 ? count : -1;
}

bool library_number(struct library *library, int i, uint64_t *number)
{
    libevtx_record_t *record = NULL;
    if (libevtx_file_get_record_by_index(library->file, i, &record, NULL) != 1) {
        return false;
    }
    const bool good = libevtx_record_get_identifier(record, number, NULL) == 1;
    libevtx_record_free(&record, NULL);
    return good;
}

static enum library_record read_record(struct library *library, libevtx_record_t *record, struct evtx_event *event)
{
    uint32_t id = 0;
    uint64_t time = 0;
    if (libevtx_record_get_event_identifier(record, &id, NULL) != 1) {
        return LIBRARY_UNREADABLE;
    }
    if (!chunk_known_id(id & 0xffff)) {
        return LIBRARY_OF_NO_USE;
    }
    /* to ask for the size first would have the library make the text twice */
    library->xml[0] = '\0';
    if (libevtx_record_get_utf8_xml_string(record, (uint8_t *)library->xml, XML_MAX, NULL) != 1 ||
        !evtx_event_parse(library->xml, strnlen(library->xml, XML_MAX), event)) {
        return LIBRARY_UNREADABLE;
    }
    event->id = id & 0xffff;
    event->time_us = libevtx_record_get_written_time(record, &time, NULL) == 1 ? chunk_time(time) : 0;
    return LIBRARY_READ;
}

enum library_record library_event(struct library *library, int i, struct evtx_event *event)
{
    libevtx_record_t *record = NULL;
    enum library_record read = LIBRARY_UNREADABLE;
    if (libevtx_file_get_record_by_index(library->file, i, &record, NULL) == 1) {
        read = read_record(library, record, event);
        libevtx_record_free(&record, NULL);
    }
    return read;
}
