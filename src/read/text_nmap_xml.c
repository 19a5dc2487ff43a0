/* nmap's XML, by expat. Entities that a document declares itself are refused: nmap declares none. */
#include <string.h>

#include <expat.h>

#include "read/text_nmap_port.h"

enum { DEPTH_MAX = 32, PIECE = 1 << 20 };

struct parsing {
    XML_Parser parser;
    struct nmap_scan *scan;
    struct error *error;
    unsigned depth;
    bool is_nmap;
    bool in_info; /* within <script id="rdp-ntlm-info"> */
    char key[64]; /* of the <elem> */
    char value[TALE_NAME_SIZE];
    bool in_elem;
    bool no_memory;
};

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return "";
}

static void stop(struct parsing *parsing)
{
    XML_StopParser(parsing->parser, XML_FALSE);
}

static void begin_host(struct nmap_scan *scan, const char **attributes)
{
    enum { SECOND_US = 1000000 };
    const int64_t start = word_number(attribute(attributes, "starttime"), 99999999999);
    scan->hosts++;
    scan->used++;
    scan->host[0] = scan->address[0] = '\0';
    scan->at_us = start != TALE_UNSEEN ? start * SECOND_US : scan->at_us;
}

static void begin_script(struct parsing *parsing, const char **attributes)
{
    const char *id = attribute(attributes, "id");
    if (strncmp(id, "rdp-", strlen("rdp-")) == 0) {
        parsing->scan->port.script = true;
        parsing->in_info = strcmp(id, "rdp-ntlm-info") == 0;
    }
}

static void begin_port(struct parsing *parsing, const char **attributes)
{
    struct nmap_port *port = &parsing->scan->port;
    if (!nmap_port_end(parsing->scan, parsing->error)) {
        parsing->no_memory = true;
        stop(parsing);
        return;
    }
    if (strcmp(attribute(attributes, "protocol"), "tcp") == 0) {
        port->number = word_number(attribute(attributes, "portid"), 65535);
        port->line = XML_GetCurrentLineNumber(parsing->parser);
    }
}

static void begin(void *context, const char *name, const char **attributes)
{
    struct parsing *parsing = context;
    struct nmap_scan *scan = parsing->scan;
    parsing->in_elem = false;
    if (++parsing->depth > DEPTH_MAX || (parsing->depth == 1 && strcmp(name, "nmaprun") != 0)) {
        stop(parsing);
        return;
    }
    parsing->is_nmap = true;
    if (strcmp(name, "host") == 0) {
        begin_host(scan, attributes);
    } else if (strcmp(name, "address") == 0 && strncmp(attribute(attributes, "addrtype"), "ip", 2) == 0) {
        nmap_put(scan->address, sizeof scan->address, attribute(attributes, "addr"));
    } else if (strcmp(name, "hostname") == 0 && scan->host[0] == '\0') {
        nmap_put(scan->host, sizeof scan->host, attribute(attributes, "name"));
    } else if (strcmp(name, "port") == 0) {
        begin_port(parsing, attributes);
    } else if (strcmp(name, "state") == 0) {
        nmap_put(scan->port.state, sizeof scan->port.state, attribute(attributes, "state"));
        nmap_put(scan->port.reason, sizeof scan->port.reason, attribute(attributes, "reason"));
    } else if (strcmp(name, "service") == 0) {
        nmap_put(scan->port.service, sizeof scan->port.service, attribute(attributes, "name"));
    } else if (strcmp(name, "script") == 0) {
        begin_script(parsing, attributes);
    } else if (strcmp(name, "elem") == 0 && parsing->in_info) {
        nmap_put(parsing->key, sizeof parsing->key, attribute(attributes, "key"));
        parsing->value[0] = '\0';
        parsing->in_elem = true;
    }
}

static void end(void *context, const char *name)
{
    struct parsing *parsing = context;
    parsing->depth--;
    if (parsing->in_elem) {
        nmap_info(&parsing->scan->port.identity, parsing->key, parsing->value);
        parsing->in_elem = false;
    }
    if (strcmp(name, "script") == 0) {
        parsing->in_info = false;
    } else if (strcmp(name, "port") == 0 && !nmap_port_end(parsing->scan, parsing->error)) {
        parsing->no_memory = true;
        stop(parsing);
    }
}

static void text(void *context, const char *bytes, int size)
{
    struct parsing *parsing = context;
    const size_t have = strlen(parsing->value);
    if (!parsing->in_elem || size <= 0) {
        return;
    }
    size_t take = (size_t)size;
    take = take < sizeof parsing->value - 1 - have ? take : sizeof parsing->value - 1 - have;
    memcpy(parsing->value + have, bytes, take);
    parsing->value[have + take] = '\0';
}

static void entity(void *context, const char *name, int is_parameter, const char *value, int length, const char *base,
                   const char *system, const char *public, const char *notation)
{
    (void)name;
    (void)is_parameter;
    (void)value;
    (void)length;
    (void)base;
    (void)system;
    (void)public;
    (void)notation;
    XML_StopParser(((struct parsing *)context)->parser, XML_FALSE);
}

bool nmap_is_xml(const void *bytes, size_t size)
{
    enum { LOOK = 1024 };
    static const char mark[] = "<nmaprun";
    const char *at = bytes;
    const size_t look = size < LOOK ? size : LOOK;
    for (size_t i = 0; i + strlen(mark) <= look; i++) {
        if (memcmp(at + i, mark, strlen(mark)) == 0) {
            return true;
        }
    }
    static const char other[] = "<!DOCTYPE nmaprun";
    for (size_t i = 0; i + strlen(other) <= look; i++) {
        if (memcmp(at + i, other, strlen(other)) == 0) {
            return true;
        }
    }
    return false;
}

bool nmap_scan_xml(struct nmap_scan *scan, const void *bytes, size_t size, struct error *error)
{
    struct parsing parsing = { .scan = scan, .error = error };
    const char *at = bytes;
    parsing.parser = XML_ParserCreate(NULL);
    if (parsing.parser == NULL) {
        return error_no_memory(error);
    }
    XML_SetUserData(parsing.parser, &parsing);
    XML_SetElementHandler(parsing.parser, begin, end);
    XML_SetCharacterDataHandler(parsing.parser, text);
    XML_SetEntityDeclHandler(parsing.parser, entity);
    bool good = true;
    for (size_t i = 0; good && (i < size || i == 0); i += PIECE) {
        const size_t piece = size - i < PIECE ? size - i : PIECE;
        good = XML_Parse(parsing.parser, at + i, (int)piece, i + piece == size) == XML_STATUS_OK;
    }
    if (!good && !parsing.no_memory) {
        error_set(error, ERROR_DATA, "line %lu: nmap's XML is damaged or cut here; what stands before counts",
                  (unsigned long)XML_GetCurrentLineNumber(parsing.parser));
        struct error inner = { 0 };
        if (!nmap_port_end(scan, &inner)) {
            *error = inner;
        }
    }
    XML_ParserFree(parsing.parser);
    return good;
}
