#include "remedy/encode.h"

#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"

bool encode_command(struct buffer *out, const char *text)
{
    size_t length = strlen(text);
    char *wide = alloc_array(length, 2);
    if (wide == NULL) {
        out->failed = true;
        return false;
    }
    bool ascii = true;
    for (size_t i = 0; i < length; i++) {
        ascii = ascii && (unsigned char)text[i] < 0x80;
        wide[2 * i] = text[i];
    }
    bool done = ascii && base64_add(out, wide, 2 * length);
    alloc_free(wide);
    return done;
}
