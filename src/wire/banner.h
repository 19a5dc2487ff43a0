/* Which protocol speaks, told by its first bytes: for ports that answer, but not with RDP. */
#ifndef RDPWHY_WIRE_BANNER_H
#define RDPWHY_WIRE_BANNER_H

#include <stddef.h>
#include <stdint.h>

enum banner {
    BANNER_UNKNOWN,
    BANNER_RDP, /* TPKT with an X.224 Confirm or Disconnect behind it */
    BANNER_SSH,
    BANNER_HTTP,
    BANNER_TLS, /* an alert or handshake record: TLS without X.224 in front */
    BANNER_VNC,
    BANNER_SMTP,
    BANNER_FTP,
    BANNER_TELNET,
    BANNER_SMB,
    BANNER_MYSQL,
    BANNER_POP3,
    BANNER_IMAP,
};

enum { BANNER_ENOUGH = 64 }; /* bytes after which more would not change the answer */

/* Looks at no more than BANNER_ENOUGH bytes. "220 " is SMTP or FTP by the words behind it: the word FTP decides for
 * FTP, SMTP or ESMTP for SMTP, and neither leaves it unknown. */
enum banner banner_of(const uint8_t *bytes, size_t size);

#endif
