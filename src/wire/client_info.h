/* The Client Info PDU (MS-RDPBCGR 2.2.1.11.1.1), behind its security header: who wants in, and how.
 *
 *   code page(4) flags(4) domain(2) user(2) password(2) shell(2) directory(2)     sizes, without the final NUL
 *   domain 0 user 0 password 0 shell 0 directory 0                                 UTF-16LE with INFO_UNICODE
 *   family(2) size(2) address 0  size(2) client directory 0  time zone(172) session(4) performance(4) cookie size(2)
 */
#ifndef RDPWHY_WIRE_CLIENT_INFO_H
#define RDPWHY_WIRE_CLIENT_INFO_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum {
    INFO_MOUSE = 0x1,
    INFO_DISABLECTRLALTDEL = 0x2,
    INFO_AUTOLOGON = 0x8,
    INFO_UNICODE = 0x10,
    INFO_MAXIMIZESHELL = 0x20,
    INFO_LOGONNOTIFY = 0x40,
    INFO_ENABLEWINDOWSKEY = 0x100,
    INFO_LOGONERRORS = 0x10000,
    INFO_NOAUDIOPLAYBACK = 0x80000,
};
enum { CLIENT_INFO_TEXT_MAX = 512, CLIENT_INFO_MAX = 8192 };

/* Texts are UTF-16LE without a final NUL when INFO_UNICODE is set. */
struct client_info {
    uint32_t code_page;
    uint32_t flags;
    struct slice domain;
    struct slice user;
    struct slice password;
    struct slice shell;
    struct slice directory;
    bool has_extra;
    uint16_t family;
    struct slice address;
    struct slice client_directory;
    uint32_t performance;
};

/* Slices point into the cursor's bytes. What follows the performance flags is not looked at. */
enum parse client_info_parse(struct cursor *cursor, struct client_info *info, struct fault *fault) MUST_USE;
/* Always with the extra part, a time zone of zeros and no reconnect cookie. */
void client_info_write(struct writer *writer, const struct client_info *info);

#endif
