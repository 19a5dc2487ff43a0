#include "wire/capabilities.h"

enum { WIDTH = 1024, HEIGHT = 768, BITS = 16 };
enum {
    SET_GENERAL = 1,
    SET_BITMAP = 2,
    SET_ORDER = 3,
    SET_BITMAP_CACHE = 4,
    SET_CONTROL = 5,
    SET_ACTIVATION = 7,
    SET_POINTER = 8,
    SET_SHARE = 9,
    SET_SOUND = 12,
    SET_INPUT = 13,
    SET_FONT = 14,
    SET_BRUSH = 15,
    SET_GLYPH_CACHE = 16,
    SET_OFFSCREEN = 17,
    SET_VIRTUAL_CHANNEL = 20,
};

static void head(struct writer *writer, uint16_t type, uint16_t size)
{
    writer_u16le(writer, type);
    writer_u16le(writer, size);
}

static void general(struct writer *writer, bool server) /* 2.2.7.1.1 */
{
    enum {
        OS_WINDOWS = 1,
        OS_NT = 3,
        PROTOCOL = 0x0200,
        FASTPATH = 0x0001,
        LONG_CREDENTIALS = 0x0004,
        NO_HEADER = 0x0400
    };
    head(writer, SET_GENERAL, 24);
    writer_u16le(writer, OS_WINDOWS);
    writer_u16le(writer, OS_NT);
    writer_u16le(writer, PROTOCOL);
    writer_zeros(writer, 4);
    writer_u16le(writer, FASTPATH | LONG_CREDENTIALS | NO_HEADER);
    writer_zeros(writer, 6);
    writer_u8(writer, server ? 1 : 0); /* refreshRectSupport */
    writer_u8(writer, server ? 1 : 0); /* suppressOutputSupport */
}

static void bitmap(struct writer *writer) /* 2.2.7.1.2 */
{
    head(writer, SET_BITMAP, 28);
    writer_u16le(writer, BITS);
    writer_u16le(writer, 1);
    writer_u16le(writer, 1);
    writer_u16le(writer, 1);
    writer_u16le(writer, WIDTH);
    writer_u16le(writer, HEIGHT);
    writer_u16le(writer, 0);
    writer_u16le(writer, 1); /* desktopResizeFlag */
    writer_u16le(writer, 1); /* bitmapCompressionFlag */
    writer_u8(writer, 0);
    writer_u8(writer, 0);
    writer_u16le(writer, 1); /* multipleRectangleSupport */
    writer_u16le(writer, 0);
}

static void order(struct writer *writer) /* 2.2.7.1.3: no orders are supported */
{
    enum { NEGOTIATE = 0x0002, ZERO_BOUNDS = 0x0008, COLOR_INDEX = 0x0020 };
    head(writer, SET_ORDER, 88);
    writer_zeros(writer, 16);
    writer_u32le(writer, 0);
    writer_u16le(writer, 1);
    writer_u16le(writer, 20);
    writer_u16le(writer, 0);
    writer_u16le(writer, 1);
    writer_u16le(writer, 0);
    writer_u16le(writer, NEGOTIATE | ZERO_BOUNDS | COLOR_INDEX);
    writer_zeros(writer, 32);
    writer_u16le(writer, 0);
    writer_u16le(writer, 0);
    writer_u32le(writer, 0);
    writer_u32le(writer, 230400);
    writer_zeros(writer, 8);
}

static void bitmap_cache(struct writer *writer) /* 2.2.7.1.4.1 */
{
    head(writer, SET_BITMAP_CACHE, 40);
    writer_zeros(writer, 24);
    for (uint16_t cells = 200, size = 0x200; size <= 0x2000; size = (uint16_t)(size * 4)) {
        writer_u16le(writer, cells);
        writer_u16le(writer, size);
    }
}

static void pointer(struct writer *writer) /* 2.2.7.1.5 */
{
    head(writer, SET_POINTER, 10);
    writer_u16le(writer, 1);
    writer_u16le(writer, 20);
    writer_u16le(writer, 20);
}

static void input(struct writer *writer) /* 2.2.7.1.6 */
{
    enum { SCANCODES = 0x0001, FASTPATH = 0x0008 | 0x0020, UNICODE = 0x0010, KEYBOARD_US = 0x409, IBM = 4, KEYS = 12 };
    head(writer, SET_INPUT, 88);
    writer_u16le(writer, SCANCODES | FASTPATH | UNICODE);
    writer_u16le(writer, 0);
    writer_u32le(writer, KEYBOARD_US);
    writer_u32le(writer, IBM);
    writer_u32le(writer, 0);
    writer_u32le(writer, KEYS);
    writer_zeros(writer, 64);
}

static void glyph_cache(struct writer *writer) /* 2.2.7.1.8 */
{
    head(writer, SET_GLYPH_CACHE, 52);
    for (int i = 0; i < 10; i++) {
        writer_u16le(writer, 254);
        writer_u16le(writer, i < 2 ? 4 : (uint16_t)(4 << (i / 2)));
    }
    writer_u32le(writer, 0x01000100);
    writer_u16le(writer, 0); /* GLYPH_SUPPORT_NONE */
    writer_u16le(writer, 0);
}

static void small(struct writer *writer, uint16_t type, uint16_t first, uint16_t second)
{
    head(writer, type, 8);
    writer_u16le(writer, first);
    writer_u16le(writer, second);
}

void capabilities_write(struct writer *writer, bool server)
{
    writer_u16le(writer, server ? 8 : 15);
    writer_u16le(writer, 0);
    general(writer, server);
    bitmap(writer);
    order(writer);
    pointer(writer);
    input(writer);
    small(writer, SET_SHARE, server ? 1002 : 0, 0);
    small(writer, SET_FONT, 1, 0);
    head(writer, SET_VIRTUAL_CHANNEL, 12);
    writer_u32le(writer, 0);
    writer_u32le(writer, 1600);
    if (server) {
        return;
    }
    bitmap_cache(writer);
    glyph_cache(writer);
    small(writer, SET_BRUSH, 0, 0);
    small(writer, SET_SOUND, 0, 0);
    head(writer, SET_CONTROL, 12);
    writer_u16le(writer, 0);
    writer_u16le(writer, 0);
    writer_u16le(writer, 2);
    writer_u16le(writer, 2);
    head(writer, SET_ACTIVATION, 12);
    writer_zeros(writer, 8);
    head(writer, SET_OFFSCREEN, 12);
    writer_zeros(writer, 8);
}
