#include "wire/openvpn.h"

#include <string.h>

#include "base/text.h"

enum { WORDS_MAX = 8, LINE_SIZE = 1024, LINES_MAX = 65536, STATE_FIELDS = 6 };

static void keep(char *to, size_t room, const char *word)
{
    const size_t length = strlen(word);
    if (length < room) {
        memcpy(to, word, length + 1);
    }
}

static uint16_t port_of(const char *word)
{
    uint64_t port = 0;
    return text_number(word, UINT16_MAX, &port) ? (uint16_t)port : 0;
}

/* udp, udp4, udp6, tcp, tcp-client, tcp4-client... */
static char protocol_of(const char *word)
{
    return strncmp(word, "udp", 3) == 0 ? 'u' : strncmp(word, "tcp", 3) == 0 ? 't' : '\0';
}

static void apply_remote(struct openvpn_settings *settings, const char *const *words, size_t count)
{
    if (settings->remote_count == OPENVPN_REMOTES_MAX || strlen(words[1]) >= OPENVPN_NAME_SIZE) {
        return;
    }
    struct openvpn_remote *remote = &settings->remotes[settings->remote_count++];
    *remote = (struct openvpn_remote){ .port = count > 2 ? port_of(words[2]) : 0,
                                       .protocol = count > 3 ? protocol_of(words[3]) : '\0' };
    keep(remote->host, sizeof(remote->host), words[1]);
}

static void apply_management(struct openvpn_settings *settings, const char *const *words, size_t count)
{
    const bool path = count > 2 && strcmp(words[2], "unix") == 0;
    settings->management_port = count > 2 && !path ? port_of(words[2]) : 0;
    if (path || settings->management_port != 0) {
        keep(settings->management, sizeof(settings->management), words[1]);
    }
    settings->management_minds = settings->management_minds || count > 3;
}

/* One option with its words; [0] is its name. */
static void apply(struct openvpn_settings *settings, const char *const *words, size_t count)
{
    static const char *const minds[] = { "management-signal", "management-forget-disconnect", "management-client" };
    const char *name = words[0];
    for (size_t i = 0; i < COUNT_OF(minds); i++) {
        settings->management_minds = settings->management_minds || strcmp(name, minds[i]) == 0;
    }
    if (count < 2) {
        return;
    }
    if (strcmp(name, "dev") == 0) {
        keep(settings->device, sizeof(settings->device), words[1]);
    } else if (strcmp(name, "remote") == 0) {
        apply_remote(settings, words, count);
    } else if (strcmp(name, "port") == 0 || strcmp(name, "rport") == 0) {
        settings->port = port_of(words[1]);
    } else if (strcmp(name, "proto") == 0) {
        settings->protocol = protocol_of(words[1]);
    } else if (strcmp(name, "management") == 0) {
        apply_management(settings, words, count);
    } else if (strcmp(name, "config") == 0) {
        keep(settings->file, sizeof(settings->file), words[1]);
    } else if (strcmp(name, "cd") == 0) {
        keep(settings->folder, sizeof(settings->folder), words[1]);
    }
}

void openvpn_read_command(const uint8_t *bytes, size_t size, struct openvpn_settings *settings)
{
    const char *words[WORDS_MAX];
    size_t count = 0;
    bool option = false;
    size_t place = 0;
    for (size_t at = 0; at < size; place++) {
        const uint8_t *end = memchr(bytes + at, '\0', size - at);
        if (end == NULL) {
            break; /* cut off in the middle of a word */
        }
        const char *word = (const char *)bytes + at;
        at = (size_t)(end - bytes) + 1;
        if (strncmp(word, "--", 2) == 0) {
            if (option) {
                apply(settings, words, count);
            }
            option = true;
            count = 0;
            words[count++] = word + 2;
        } else if (option && count < WORDS_MAX) {
            words[count++] = word;
        } else if (place == 1) {
            keep(settings->file, sizeof(settings->file), word); /* `openvpn FILE` */
        }
    }
    if (option) {
        apply(settings, words, count);
    }
}

/* Cuts a line into words, in place; quotes hold blanks together. */
static size_t cut(char *line, const char *words[WORDS_MAX])
{
    size_t count = 0;
    char *at = line;
    while (count < WORDS_MAX) {
        at += strspn(at, " \t\r");
        if (*at == '\0' || *at == '#' || *at == ';') {
            break;
        }
        const char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
        words[count++] = at;
        while (*at != '\0' && (quote != '\0' ? *at != quote : strchr(" \t\r", *at) == NULL)) {
            at++;
        }
        if (*at == '\0') {
            break;
        }
        *at++ = '\0';
    }
    return count;
}

/* Files hold keys between <key> and </key>; <connection> holds options like those around it. */
static bool enters_block(const char *word, bool *inside)
{
    const bool tag = word[0] == '<' && strchr(word, '>') != NULL;
    if (tag) {
        *inside = word[1] != '/' && strcmp(word, "<connection>") != 0;
    }
    return tag;
}

void openvpn_read_file(const uint8_t *bytes, size_t size, struct openvpn_settings *settings)
{
    char line[LINE_SIZE];
    const char *words[WORDS_MAX];
    bool inside = false;
    size_t at = 0;
    for (size_t i = 0; i < LINES_MAX && at < size; i++) {
        const uint8_t *end = memchr(bytes + at, '\n', size - at);
        const size_t length = end != NULL ? (size_t)(end - bytes) - at : size - at;
        if (length < sizeof(line) && memchr(bytes + at, '\0', length) == NULL) {
            memcpy(line, bytes + at, length);
            line[length] = '\0';
            const size_t count = cut(line, words);
            if (count > 0 && !enters_block(words[0], &inside) && !inside) {
                apply(settings, words, count);
            }
        }
        at += length + 1;
    }
}

uint16_t openvpn_port_of(const struct openvpn_settings *settings, const struct openvpn_remote *remote)
{
    return remote->port != 0 ? remote->port : settings->port != 0 ? settings->port : OPENVPN_PORT;
}

bool openvpn_is_tcp(const struct openvpn_settings *settings, const struct openvpn_remote *remote)
{
    return (remote->protocol != '\0' ? remote->protocol : settings->protocol) == 't';
}

/* "1700000000,CONNECTED,SUCCESS,10.9.0.2,198.51.100.2,1194,,": time, state, words, own address inside, the other end.
 */
static bool read_state(char *line, struct address *remote, uint16_t *port)
{
    const char *fields[STATE_FIELDS];
    char *at = line;
    for (size_t i = 0; i < STATE_FIELDS; i++) {
        char *comma = strchr(at, ',');
        fields[i] = at;
        if (comma != NULL) {
            *comma = '\0';
            at = comma + 1;
        } else if (i + 1 < STATE_FIELDS) {
            return false;
        }
    }
    struct address address;
    if (strcmp(fields[1], "CONNECTED") != 0 || !address_parse(fields[4], &address) || port_of(fields[5]) == 0) {
        return false;
    }
    *remote = address;
    *port = port_of(fields[5]);
    return true;
}

/* The next line that starts at *at, without its end; false: there is no more, or none that is whole. */
static bool next_line(const uint8_t *bytes, size_t size, size_t *at, char line[LINE_SIZE])
{
    const uint8_t *end = *at < size ? memchr(bytes + *at, '\n', size - *at) : NULL;
    if (end == NULL) {
        return false;
    }
    size_t length = (size_t)(end - bytes) - *at;
    const uint8_t *start = bytes + *at;
    *at += length + 1;
    length = length >= LINE_SIZE || memchr(start, '\0', length) != NULL ? 0 : length;
    memcpy(line, start, length);
    line[length] = '\0';
    line[strcspn(line, "\r")] = '\0';
    return true;
}

bool openvpn_state(const uint8_t *bytes, size_t size, struct address *remote, uint16_t *port)
{
    char line[LINE_SIZE];
    size_t at = 0;
    bool found = false;
    while (next_line(bytes, size, &at, line)) {
        found = (line[0] != '>' && read_state(line, remote, port)) || found;
    }
    return found;
}

bool openvpn_state_whole(const uint8_t *bytes, size_t size)
{
    char line[LINE_SIZE];
    size_t at = 0;
    bool whole = false;
    while (!whole && next_line(bytes, size, &at, line)) {
        whole = strcmp(line, "END") == 0;
    }
    return whole;
}
