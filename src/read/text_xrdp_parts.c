/* Lines of xrdp's logs, taken apart. */
#include "read/text_xrdp_parts.h"

#include <string.h>

#include "base/clock.h"

enum { SECOND_US = 1000000, PORT_MAX = 65535 };

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static int64_t digits(const char *text, size_t count)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "20261122-22:55:31" */
static bool old_time(const char *text, int64_t *us)
{
    const int64_t date = digits(text, 8);
    if (date < 19700101 || strlen(text) != 17 || text[8] != '-' || text[11] != ':' || text[14] != ':') {
        return false;
    }
    const int64_t hour = digits(text + 9, 2);
    const int64_t minute = digits(text + 12, 2);
    const int64_t second = digits(text + 15, 2);
    const int64_t month = date / 100 % 100;
    const int64_t day = date % 100;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || month < 1 || month > 12 ||
        day < 1 || day > 31) {
        return false;
    }
    *us = clock_seconds_of((int)(date / 10000), (int)month, (int)day, (int)hour, (int)minute, (int)second) * SECOND_US;
    return true;
}

/* "2026-11-22T22:55:31.123+0100": RFC 3339 but for the colon in the zone. */
static bool new_time(const char *text, int64_t *us)
{
    char copy[48];
    const size_t length = strlen(text);
    if (length < 24 || length + 2 > sizeof copy || text[10] != 'T') {
        return false;
    }
    memcpy(copy, text, length - 2);
    copy[length - 2] = ':';
    memcpy(copy + length - 1, text + length - 2, 3);
    return clock_parse(copy, us) || clock_parse(text, us);
}

const char *xrdp_message(const struct text_line *line, int64_t *at_us, bool *zoneless)
{
    static const char *const levels[] = { "[ERROR", "[WARN", "[INFO", "[CORE", "[DEBUG", "[TRACE" };
    char when[48];
    const char *at = line->text;
    if (at[0] != '[' || !word_copy(at + 1, "]", when, sizeof when)) {
        return NULL;
    }
    at += strlen(when) + 1;
    const bool old = begins(at, "] [") && old_time(when, at_us);
    if (!begins(at, "] [") || (!old && !new_time(when, at_us))) {
        return NULL;
    }
    *zoneless = old;
    at += 2;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (begins(at, levels[i])) {
            const char *end = strchr(at, ']');
            return end != NULL && end[1] == ' ' ? end + 2 : NULL;
        }
    }
    return NULL;
}

/* "127.0.0.1 port 35248", "127.0.0.1:35248", "[::1]:35248", "::ffff:10.0.0.1 port 5" */
bool xrdp_client(const char *text, char *client, size_t room, int64_t *port)
{
    const char *end = strstr(text, " port ");
    if (end != NULL) {
        *port = word_number(end + strlen(" port "), PORT_MAX);
    } else {
        const size_t length = strcspn(text, " ");
        end = text + length;
        while (end > text && *end != ':') {
            end--;
        }
        *port = end > text ? word_number(end + 1, PORT_MAX) : TALE_UNSEEN;
    }
    text += begins(text, "[") ? 1 : 0;
    text += begins(text, "::ffff:") ? strlen("::ffff:") : 0;
    size_t length = end > text ? (size_t)(end - text) : 0;
    length -= length > 0 && text[length - 1] == ']';
    if (length == 0 || length >= room || *port == TALE_UNSEEN) {
        return false;
    }
    memcpy(client, text, length);
    client[length] = '\0';
    return true;
}

int64_t xrdp_protocols(const char *from)
{
    static const struct {
        const char *name;
        int64_t bit;
    } names[] = { { "SSL", 1 }, { "HYBRID", 2 }, { "RDSTLS", 4 }, { "HYBRID_EX", 8 }, { "RDP", 0 } };
    int64_t bits = TALE_UNSEEN;
    for (const char *at = from; *at != '\0' && *at != ']';) {
        const size_t length = strcspn(at, "|]");
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (length == strlen(names[i].name) && memcmp(at, names[i].name, length) == 0) {
                bits = (bits == TALE_UNSEEN ? 0 : bits) | names[i].bit;
            }
        }
        at += length + (at[length] == '|');
    }
    return bits;
}

static const struct xrdp_logon_line logons[] = {
    { "AUTHFAIL: ", REASON_BAD_PASSWORD, CHECK_LOGON, "user name or password was refused (AUTHFAIL)" },
    { "Username or password error for user", REASON_BAD_PASSWORD, CHECK_LOGON, "user name or password was refused" },
    { "pam_authenticate failed: Authentication failure", REASON_BAD_PASSWORD, CHECK_LOGON,
      "PAM refuses user name or password" },
    { "pam_acct_mgmt failed: User account has expired", REASON_ACCOUNT_EXPIRED, CHECK_LOGON,
      "PAM says that the account has expired" },
    { "pam_acct_mgmt failed: Authentication token is no longer valid", REASON_PASSWORD_EXPIRED, CHECK_LOGON,
      "PAM says that the password has expired" },
    { "pam_authenticate failed", TALE_UNSEEN, CHECK_LOGON, "PAM refuses the logon" },
    { "pam_acct_mgmt failed", TALE_UNSEEN, CHECK_LOGON, "PAM refuses the account" },
    { "group problem for user", REASON_NO_RIGHT, CHECK_LOGON,
      "the account is right, but not in the group that may log on (TerminalServerUsers)" },
    { "login denied for user", REASON_NO_RIGHT, CHECK_LOGON, "the account may not log on here (TerminalServerUsers)" },
    { "login failed for", TALE_UNSEEN, CHECK_LOGON, "xrdp refused the logon" },
    { "Error connecting to sesman", TALE_UNSEEN, CHECK_LOGON, "xrdp does not reach its session manager, xrdp-sesman" },
    { "X server failed to start", REASON_GRAPHICS, CHECK_SESSION, "the X server of the session did not start" },
    { "Timed out waiting for X server", REASON_GRAPHICS, CHECK_SESSION, "the X server of the session did not start" },
    { "waiting for X server", TALE_UNSEEN, CHECK_SESSION, "the X server of the session did not answer" },
    { "error connecting to user session", TALE_UNSEEN, CHECK_SESSION, "xrdp could not connect to the user's session" },
    { "Error connecting to user session", TALE_UNSEEN, CHECK_SESSION, "xrdp could not connect to the user's session" },
};

const struct xrdp_logon_line *xrdp_logon_line(const char *message)
{
    for (size_t i = 0; i < COUNT_OF(logons); i++) {
        if (strstr(message, logons[i].mark) != NULL) {
            return &logons[i];
        }
    }
    return NULL;
}

bool xrdp_is_success(const char *message)
{
    return strstr(message, "login successful for") != NULL || strstr(message, "login was successful") != NULL ||
           strstr(message, "Access permitted for user") != NULL ||
           strstr(message, "created session (access granted)") != NULL ||
           strstr(message, "reconnected session") != NULL;
}
