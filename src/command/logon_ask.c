#include "command/logon_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/auth.h"
#include "platform/tty.h"

static const char variable[] = "RDPWHY_PASSWORD";

bool logon_ask_trust(struct logon_ask *ask, const char *text, struct error *error)
{
    size_t used = 0;
    bool good = ask->trusted_count < LOGON_TRUSTED_MAX;
    for (const char *c = text; *c != '\0' && good; c++) {
        const char low = (char)(*c >= 'A' && *c <= 'F' ? *c - 'A' + 'a' : *c);
        if (*c == ':' || *c == ' ') {
            continue;
        }
        good = used < LOGON_SHA256_TEXT - 1 && ((low >= '0' && low <= '9') || (low >= 'a' && low <= 'f'));
        if (good) {
            ask->trusted[ask->trusted_count][used++] = low;
        }
    }
    if (!good || used != LOGON_SHA256_TEXT - 1) {
        return error_set(error, ERROR_USAGE,
                         "--trust-cert: the SHA-256 fingerprint of a certificate has 64 hex digits; at most %d of them "
                         "can be given",
                         LOGON_TRUSTED_MAX);
    }
    ask->trusted[ask->trusted_count][used] = '\0';
    ask->trusted_count++;
    return true;
}

static struct secret *new_password(struct error *error)
{
    return secret_new(NET_AUTH_PASSWORD_MAX + 2, error);
}

/* Cuts the line's end off; false: not one line of text. */
static bool is_line(struct secret *password, const char *where, struct error *error)
{
    size_t size = secret_size(password);
    const uint8_t *bytes = secret_look(password);
    const uint8_t *end = memchr(bytes, '\n', size);
    size = end != NULL ? (size_t)(end - bytes) : size;
    size -= size > 0 && bytes[size - 1] == '\r' ? 1 : 0;
    secret_set_size(password, size);
    if (size > NET_AUTH_PASSWORD_MAX) {
        return error_set(error, ERROR_DATA, "%s: the first line is longer than %d bytes; no password is", where,
                         NET_AUTH_PASSWORD_MAX);
    }
    return memchr(bytes, 0, size) == NULL ||
           error_set(error, ERROR_DATA, "%s: the first line holds a zero byte; UTF-8 text is expected", where);
}

/* Straight into the secret's pages: no stream keeps a copy. */
static bool read_descriptor(int fd, const char *where, struct secret *password, struct error *error)
{
    size_t size = 0;
    while (size < secret_room(password)) {
        const ssize_t got = read(fd, secret_bytes(password) + size, secret_room(password) - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return error_set(error, ERROR_NO_INPUT, "%s: %s", where, strerror(errno));
        }
        if (got == 0 || memchr(secret_bytes(password) + size, '\n', (size_t)got) != NULL) {
            size += (size_t)got;
            break;
        }
        size += (size_t)got;
    }
    secret_set_size(password, size);
    return is_line(password, where, error);
}

static bool read_file(const char *path, struct secret *password, struct error *error)
{
    if (strcmp(path, "-") == 0) {
        return read_descriptor(STDIN_FILENO, "the password on standard input", password, error);
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return error_set(error, ERROR_NO_INPUT, "--password-file %.200s: %s", path, strerror(errno));
    }
    const bool good = read_descriptor(fd, path, password, error);
    close(fd);
    return good;
}

/* Moves it out: the place where it stood is overwritten. */
static bool take_environment(struct secret *password, bool *there, struct error *error)
{
    char *value = getenv(variable);
    *there = value != NULL;
    if (value == NULL) {
        return true;
    }
    const size_t size = strlen(value);
    const bool fits = password == NULL || size <= NET_AUTH_PASSWORD_MAX;
    if (password != NULL && fits) {
        secret_set_size(password, size);
        memcpy(secret_bytes(password), value, size);
    }
    secret_wipe(value, size);
    unsetenv(variable);
    return fits ||
           error_set(error, ERROR_DATA, "%s: longer than %d bytes; no password is", variable, NET_AUTH_PASSWORD_MAX);
}

void logon_ask_forget(void)
{
    bool there;
    (void)!take_environment(NULL, &there, NULL);
}

static bool ask_terminal(const struct logon_ask *ask, struct secret *password, struct error *error)
{
    char prompt[400];
    char *shown = text_escape(ask->user, strlen(ask->user), 200);
    snprintf(prompt, sizeof(prompt), "Password of %s (nothing is shown): ", shown != NULL ? shown : "the user");
    alloc_free(shown);
    return platform_tty_ask_secret(prompt, password, error);
}

static bool get_password(struct logon_ask *ask, struct error *error)
{
    bool there = false;
    if (!take_environment(ask->password, &there, error)) {
        return false;
    }
    if (ask->password_file != NULL) {
        return read_file(ask->password_file, ask->password, error);
    }
    return there || ask_terminal(ask, ask->password, error);
}

bool logon_ask_password(struct logon_ask *ask, struct error *error)
{
    for (size_t i = 0; i < ask->trusted_count; i++) {
        ask->trusted_list[i] = ask->trusted[i];
    }
    if (ask->user == NULL) {
        logon_ask_forget();
        return true;
    }
    secret_close_process();
    ask->password = new_password(error);
    if (ask->password == NULL) {
        logon_ask_forget();
        return false;
    }
    if (!get_password(ask, error)) {
        return false;
    }
    fputs("rdpwhy: a logon is tried once at most; a wrong password counts towards the account's lockout\n", stderr);
    ask->credentials = (struct credentials){ .user = ask->user, .domain = ask->domain, .password = ask->password };
    return true;
}

void logon_ask_release(struct logon_ask *ask)
{
    secret_free(ask->password);
    ask->password = NULL;
}

bool logon_ask_possible(void)
{
    return platform_tty_is(STDIN_FILENO) && platform_tty_is(STDERR_FILENO);
}

static void show(const char *what, const char *value)
{
    fprintf(stderr, "  %-12s %s\n", what, value != NULL ? value : "not told");
}

bool logon_ask_certificate(const struct ev_certificate *certificate, const char *whose)
{
    char from[CLOCK_TEXT_SIZE];
    char until[CLOCK_TEXT_SIZE];
    char line[16] = "";
    clock_format(certificate->not_before.v, from);
    clock_format(certificate->not_after.v, until);
    fprintf(stderr, "\nThis machine does not trust the %s's certificate. Whoever holds it gets the logon.\n", whose);
    show("subject", certificate->subject.v);
    show("issuer", certificate->issuer.v);
    show("valid from", certificate->not_before.source != SOURCE_NONE ? from : NULL);
    show("until", certificate->not_after.source != SOURCE_NONE ? until : NULL);
    show("SHA-256", certificate->sha256.v);
    show("problem", certificate->verify_text.v);
    fprintf(stderr, "Compare the fingerprint with the one at the %s's console. Log on to it? Type yes: ", whose);
    fflush(stderr);
    if (fgets(line, sizeof(line), stdin) == NULL) {
        fputs("\n", stderr);
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return text_equal_nocase(line, "yes");
}
