/* Logons that were turned down, across runs: a wrong password that is tried again and again locks the account. One
 * small file; it holds times and numbers made of host and account, no names. What cannot be read or written never stops
 * a diagnosis. */
#ifndef RDPWHY_PROBE_LOGON_LOG_H
#define RDPWHY_PROBE_LOGON_LOG_H

#include "base/buffer.h"

/* As long as Windows counts wrong passwords by default before it forgets them. */
enum { LOGON_LOG_WINDOW_S = 1800, LOGON_LOG_MAX = 256 };

/* Pure: seconds since the account was last turned down inside the window, or -1. Lines "MICROSECONDS NUMBER"; others
 * are passed over. */
int64_t logon_log_last_s(const char *text, size_t size, uint64_t account, int64_t now_us);
/* Pure: the text without what is old and without the account, and with it at the end when it was turned down now. */
bool logon_log_rewrite(const char *text, size_t size, uint64_t account, bool turned_down, int64_t now_us,
                       struct buffer *out) MUST_USE;

uint64_t logon_log_account(const char *host, uint16_t port, const char *domain, const char *user);
int64_t logon_log_read(uint64_t account);
void logon_log_note(uint64_t account, bool turned_down);

#endif
