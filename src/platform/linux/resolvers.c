#include "platform/resolvers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { FILE_MAX = 65536, LINE_MAX_WORDS = 16, NDOTS_MAX = 15, LINE_SIZE = 1024 };

static void copy_domain(struct platform_resolvers *resolvers, const char *word)
{
    size_t length = strlen(word);
    while (length > 0 && word[length - 1] == '.') {
        length--;
    }
    if (length > 0 && length < PLATFORM_DOMAIN_SIZE && resolvers->search_count < PLATFORM_SEARCH_MAX) {
        char *to = resolvers->search[resolvers->search_count++];
        memcpy(to, word, length);
        to[length] = '\0';
    }
}

static void read_options(struct platform_resolvers *resolvers, char *const words[], size_t count)
{
    static const char ndots[] = "ndots:";
    for (size_t i = 1; i < count; i++) {
        uint64_t value;
        if (strncmp(words[i], ndots, sizeof(ndots) - 1) == 0 &&
            text_number(words[i] + sizeof(ndots) - 1, UINT32_MAX, &value)) {
            resolvers->ndots = value > NDOTS_MAX ? NDOTS_MAX : (unsigned)value;
        }
    }
}

static void read_line(struct platform_resolvers *resolvers, char *line)
{
    char *words[LINE_MAX_WORDS];
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\r", &rest); word != NULL && count < LINE_MAX_WORDS;
         word = strtok_r(NULL, " \t\r", &rest)) {
        words[count++] = word;
    }
    if (count < 2 || words[0][0] == '#' || words[0][0] == ';') {
        return;
    }
    if (strcmp(words[0], "nameserver") == 0) {
        struct address address;
        if (resolvers->count < PLATFORM_RESOLVERS_MAX && address_parse(words[1], &address)) {
            resolvers->servers[resolvers->count++] = address;
        }
    } else if (strcmp(words[0], "search") == 0 || strcmp(words[0], "domain") == 0) {
        resolvers->search_count = 0;
        size_t last = words[0][0] == 'd' ? 2 : count;
        for (size_t i = 1; i < last; i++) {
            copy_domain(resolvers, words[i]);
        }
    } else if (strcmp(words[0], "options") == 0) {
        read_options(resolvers, words, count);
    }
}

void platform_resolvers_parse(const char *text, size_t size, struct platform_resolvers *resolvers)
{
    static const struct address local = { .family = ADDRESS_V4, .bytes = { 127, 0, 0, 1 } };
    static const struct address stub = { .family = ADDRESS_V4, .bytes = { 127, 0, 0, 53 } };
    *resolvers = (struct platform_resolvers){ .ndots = 1 };
    for (size_t at = 0; at < size;) {
        char line[LINE_SIZE];
        const char *newline = memchr(text + at, '\n', size - at);
        size_t length = newline != NULL ? (size_t)(newline - text) - at : size - at;
        if (length < sizeof(line)) {
            memcpy(line, text + at, length);
            line[length] = '\0';
            read_line(resolvers, line);
        }
        at += length + 1;
    }
    if (resolvers->count == 0) {
        resolvers->servers[resolvers->count++] = local;
    }
    resolvers->stub = address_equal(&resolvers->servers[0], &stub);
}

bool platform_resolvers_read(struct platform_resolvers *resolvers, struct error *error)
{
    static const char path[] = "/etc/resolv.conf";
    char text[FILE_MAX];
    FILE *file = fopen(path, "re");
    if (file == NULL && errno != ENOENT) {
        return error_set(error, ERROR_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
    }
    size_t size = 0;
    if (file != NULL) {
        size = fread(text, 1, sizeof(text), file);
        fclose(file);
    }
    platform_resolvers_parse(text, size, resolvers);
    return true;
}

bool platform_hosts_has(const char *name)
{
    char line[LINE_SIZE];
    bool found = false;
    FILE *file = fopen("/etc/hosts", "re");
    if (file == NULL) {
        return false;
    }
    while (!found && fgets(line, sizeof(line), file) != NULL) {
        char *rest = NULL;
        line[strcspn(line, "#\n")] = '\0';
        const char *word = strtok_r(line, " \t\r", &rest); /* the address */
        while (word != NULL && !found && (word = strtok_r(NULL, " \t\r", &rest)) != NULL) {
            found = text_equal_nocase(word, name);
        }
    }
    fclose(file);
    return found;
}
