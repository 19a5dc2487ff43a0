/* Programs and their sockets, by /proc. Everything in there belongs to others and may vanish while it is read. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "platform/tunnel.h"

enum { PATH_SIZE = 512, LINE_SIZE = 512, PROGRAMS_MAX = 65536, SOCKETS_MAX = 256, TABLE_LINES_MAX = 65536 };

static enum platform_told told_of(int code)
{
    return code == EACCES || code == EPERM ? PLATFORM_TOLD_FORBIDDEN : PLATFORM_TOLD_NOTHING;
}

/* Reads up to the buffer's cap; plain files only, and never one that would make us wait. */
static enum platform_told read_whole(const char *path, struct buffer *bytes)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat about;
    if (fd < 0) {
        return told_of(errno);
    }
    ssize_t size = 0;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        uint8_t piece[4096];
        while (bytes->size < bytes->cap && (size = read(fd, piece, sizeof(piece))) > 0) {
            const size_t room = bytes->cap - bytes->size;
            (void)buffer_add(bytes, piece, (size_t)size < room ? (size_t)size : room);
        }
    }
    const int code = errno;
    close(fd);
    if (size < 0) {
        return told_of(code);
    }
    return bytes->size > 0 && !bytes->failed ? PLATFORM_TOLD : PLATFORM_TOLD_NOTHING;
}

/* Hex digits up to the first other character; 0 when there are none, or more than 8. */
static uint32_t hex_of(const char *text, size_t most)
{
    char word[16];
    uint64_t value = 0;
    const size_t digits = strspn(text, "0123456789ABCDEFabcdef");
    (void)snprintf(word, sizeof(word), "0x%.*s", (int)(digits < most ? digits : most), text);
    return text_number(word, UINT32_MAX, &value) ? (uint32_t)value : 0;
}

static uint64_t number_of(const char *text)
{
    uint64_t value = 0;
    return text_number(text, UINT64_MAX, &value) ? value : 0;
}

static bool read_name(struct platform_program *program)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof(path), "/proc/%d/comm", program->id);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    const bool got = fgets(program->name, sizeof(program->name), file) != NULL;
    fclose(file);
    program->name[strcspn(program->name, "\n")] = '\0';
    return got;
}

/* Calls `each` with every process id until it says true. */
static bool each_id(bool (*each)(void *context, int id), void *context)
{
    DIR *folder = opendir("/proc");
    bool done = false;
    if (folder == NULL) {
        return false;
    }
    const struct dirent *entry = NULL;
    for (size_t i = 0; i < PROGRAMS_MAX && !done && (entry = readdir(folder)) != NULL; i++) {
        if (isdigit((unsigned char)entry->d_name[0]) != 0) {
            done = each(context, (int)number_of(entry->d_name));
        }
    }
    closedir(folder);
    return done;
}

/* --- who holds the device --- */

struct owner {
    const char *interface;
    struct platform_program program;
    bool forbidden;
    char space[64]; /* our own network namespace: devices of the same name live in others */
};

/* /proc/PID/fdinfo/N of a TUN device has the line "iff:\tNAME". */
static bool holds_device(const struct owner *owner, int id, const char *number)
{
    char path[PATH_SIZE];
    char line[LINE_SIZE];
    char wanted[LINE_SIZE];
    bool found = false;
    (void)snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", id, number);
    (void)snprintf(wanted, sizeof(wanted), "iff:\t%.15s\n", owner->interface);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    while (!found && fgets(line, sizeof(line), file) != NULL) {
        found = strcmp(line, wanted) == 0;
    }
    fclose(file);
    return found;
}

static bool points_to(const char *path, const char *wanted)
{
    char target[PATH_SIZE];
    const ssize_t size = readlink(path, target, sizeof(target) - 1);
    return size > 0 && (size_t)size == strlen(wanted) && memcmp(target, wanted, (size_t)size) == 0;
}

static bool look_for_device(void *context, int id)
{
    struct owner *owner = context;
    char path[PATH_SIZE];
    bool found = false;
    (void)snprintf(path, sizeof(path), "/proc/%d/fd", id);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        owner->forbidden = owner->forbidden || errno == EACCES;
        return false;
    }
    const struct dirent *entry = NULL;
    for (size_t i = 0; i < PROGRAMS_MAX && !found && (entry = readdir(folder)) != NULL; i++) {
        (void)snprintf(path, sizeof(path), "/proc/%d/fd/%.16s", id, entry->d_name);
        found = points_to(path, "/dev/net/tun") && holds_device(owner, id, entry->d_name);
    }
    closedir(folder);
    (void)snprintf(path, sizeof(path), "/proc/%d/ns/net", id);
    if (!found || (owner->space[0] != '\0' && !points_to(path, owner->space))) {
        return false;
    }
    owner->program.id = id;
    return read_name(&owner->program);
}

enum platform_told platform_tunnel_owner(const char *interface, struct platform_program *program)
{
    struct owner owner = { .interface = interface };
    const ssize_t size = readlink("/proc/self/ns/net", owner.space, sizeof(owner.space) - 1);
    owner.space[size > 0 ? size : 0] = '\0';
    if (each_id(look_for_device, &owner)) {
        *program = owner.program;
        return PLATFORM_TOLD;
    }
    return owner.forbidden ? PLATFORM_TOLD_FORBIDDEN : PLATFORM_TOLD_NOTHING;
}

/* --- programs by name --- */

struct naming {
    const char *name;
    const char *interface;
    bool (*each)(void *context, const struct platform_program *program);
    void *context;
};

/* Whether the interface is there in the process's network; where that is not told, it may be. */
static bool sees_interface(int id, const char *interface)
{
    char path[PATH_SIZE];
    char line[LINE_SIZE];
    bool found = false;
    (void)snprintf(path, sizeof(path), "/proc/%d/net/dev", id);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return true;
    }
    const size_t length = strlen(interface);
    while (!found && fgets(line, sizeof(line), file) != NULL) {
        const char *name = line + strspn(line, " ");
        found = strncmp(name, interface, length) == 0 && name[length] == ':';
    }
    fclose(file);
    return found;
}

static bool look_at_name(void *context, int id)
{
    const struct naming *naming = context;
    struct platform_program program = { .id = id };
    return read_name(&program) && strcmp(program.name, naming->name) == 0 && sees_interface(id, naming->interface) &&
           naming->each(naming->context, &program);
}

bool platform_program_each(const char *name, const char *interface,
                           bool (*each)(void *context, const struct platform_program *program), void *context)
{
    struct naming naming = { .name = name, .interface = interface, .each = each, .context = context };
    return each_id(look_at_name, &naming);
}

enum platform_told platform_program_words(const struct platform_program *program, struct buffer *words)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", program->id);
    return read_whole(path, words);
}

/* Through /proc/PID/root and cwd the kernel resolves the name as the program would; where that is closed to us the name
 * is taken as it stands. */
enum platform_told platform_program_file(const struct platform_program *program, const char *folder, const char *path,
                                         struct buffer *bytes)
{
    char whole[2 * PATH_SIZE];
    const bool absolute = path[0] == '/' || folder[0] == '/';
    const char *slash = folder[0] != '\0' && path[0] != '/' ? "/" : "";
    const char *before = path[0] != '/' ? folder : "";
    (void)snprintf(whole, sizeof(whole), "/proc/%d/%s/%.400s%s%.400s", program->id, absolute ? "root" : "cwd", before,
                   slash, path);
    enum platform_told told = read_whole(whole, bytes);
    if (told != PLATFORM_TOLD && absolute) {
        (void)snprintf(whole, sizeof(whole), "%.400s%s%.400s", before, slash, path);
        told = read_whole(whole, bytes);
    }
    return told;
}

/* --- its sockets --- */

struct sockets {
    uint64_t inodes[SOCKETS_MAX];
    size_t count;
};

static bool list_sockets(int id, struct sockets *sockets)
{
    char path[PATH_SIZE];
    char target[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/fd", id);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return false;
    }
    const struct dirent *entry = NULL;
    while (sockets->count < SOCKETS_MAX && (entry = readdir(folder)) != NULL) {
        (void)snprintf(path, sizeof(path), "/proc/%d/fd/%.16s", id, entry->d_name);
        const ssize_t size = readlink(path, target, sizeof(target) - 1);
        target[size > 0 ? size : 0] = '\0';
        if (strncmp(target, "socket:[", 8) == 0) {
            target[strcspn(target, "]")] = '\0';
            sockets->inodes[sockets->count++] = number_of(target + 8);
        }
    }
    closedir(folder);
    return true;
}

/* The kernel prints addresses as 32-bit words of its own byte order. */
static bool read_hex_address(const char *text, struct address *address)
{
    const size_t digits = strspn(text, "0123456789ABCDEFabcdef");
    if (digits != 8 && digits != 32) {
        return false;
    }
    *address = (struct address){ .family = digits == 8 ? ADDRESS_V4 : ADDRESS_V6 };
    for (size_t i = 0; i < digits / 8; i++) {
        const uint32_t value = hex_of(text + 8 * i, 8);
        memcpy(address->bytes + 4 * i, &value, sizeof(value));
    }
    address_unmap(address);
    return true;
}

static void add_peer(struct platform_peer *peers, size_t *count, const struct platform_peer *peer)
{
    for (size_t i = 0; i < *count; i++) {
        if (address_equal(&peers[i].address, &peer->address) && peers[i].port == peer->port &&
            peers[i].tcp == peer->tcp) {
            return;
        }
    }
    if (*count < PLATFORM_PEERS_MAX) {
        peers[(*count)++] = *peer;
    }
}

/* "  0: 0100007F:0CEA 00000000:0000 0A ... INODE": slot, own end, other end, state, and the inode as tenth word. */
static void read_socket_line(char *line, const struct sockets *sockets, bool tcp, struct platform_peer *peers,
                             size_t *count)
{
    enum { REMOTE = 2, STATE = 3, INODE = 9, WORDS = 10, ESTABLISHED = 1 };
    const char *words[WORDS] = { NULL };
    char *rest = NULL;
    size_t have = 0;
    for (char *word = strtok_r(line, " \n", &rest); word != NULL && have < WORDS; word = strtok_r(NULL, " \n", &rest)) {
        words[have++] = word;
    }
    struct platform_peer peer = { .tcp = tcp };
    const char *colon = have == WORDS ? strchr(words[REMOTE], ':') : NULL;
    if (colon == NULL || hex_of(words[STATE], 2) != ESTABLISHED || !read_hex_address(words[REMOTE], &peer.address)) {
        return;
    }
    peer.port = (uint16_t)hex_of(colon + 1, 4);
    const enum address_class class = address_class_of(&peer.address);
    if (peer.port == 0 || class == ADDRESS_CLASS_LOOPBACK || class == ADDRESS_CLASS_UNSPECIFIED) {
        return;
    }
    const uint64_t inode = number_of(words[INODE]);
    for (size_t i = 0; i < sockets->count; i++) {
        if (sockets->inodes[i] == inode) {
            add_peer(peers, count, &peer);
        }
    }
}

enum platform_told platform_program_peers(const struct platform_program *program,
                                          struct platform_peer peers[PLATFORM_PEERS_MAX], size_t *count)
{
    static const char *const tables[] = { "tcp", "tcp6", "udp", "udp6" };
    struct sockets sockets = { .count = 0 };
    *count = 0;
    if (!list_sockets(program->id, &sockets)) {
        return told_of(errno);
    }
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        char path[PATH_SIZE];
        char line[LINE_SIZE];
        (void)snprintf(path, sizeof(path), "/proc/%d/net/%s", program->id, tables[i]);
        FILE *file = fopen(path, "re");
        for (size_t lines = 0; file != NULL && lines < TABLE_LINES_MAX && fgets(line, sizeof(line), file) != NULL;
             lines++) {
            read_socket_line(line, &sockets, i < 2, peers, count);
        }
        if (file != NULL) {
            fclose(file);
        }
    }
    return *count > 0 ? PLATFORM_TOLD : PLATFORM_TOLD_NOTHING;
}
