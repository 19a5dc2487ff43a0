#include "platform/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Lies at the beginning of its own pages. */
struct secret {
    size_t mapped;
    size_t room;
    size_t size;
};

struct secret *secret_new(size_t room, struct error *error)
{
    if (room == 0 || room > SECRET_MAX) {
        error_set(error, ERROR_USAGE, "a secret of %zu bytes: at most %d", room, SECRET_MAX);
        return NULL;
    }
    const size_t mapped = sizeof(struct secret) + room;
    struct secret *secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED) {
        error_no_memory(error);
        return NULL;
    }
    /* The limit of locked memory may be 0; a secret that may be swapped is still better than none. */
    (void)mlock(secret, mapped);
    (void)madvise(secret, mapped, MADV_DONTDUMP);
    (void)madvise(secret, mapped, MADV_WIPEONFORK);
    secret->mapped = mapped;
    secret->room = room;
    return secret;
}

uint8_t *secret_bytes(struct secret *secret)
{
    return (uint8_t *)(secret + 1);
}

const uint8_t *secret_look(const struct secret *secret)
{
    return (const uint8_t *)(secret + 1);
}

size_t secret_size(const struct secret *secret)
{
    return secret->size;
}

size_t secret_room(const struct secret *secret)
{
    return secret->room;
}

void secret_set_size(struct secret *secret, size_t size)
{
    secret->size = size < secret->room ? size : secret->room;
    secret_wipe(secret_bytes(secret) + secret->size, secret->room - secret->size);
}

void secret_free(struct secret *secret)
{
    if (secret != NULL) {
        const size_t mapped = secret->mapped;
        secret_wipe(secret, mapped);
        (void)munmap(secret, mapped);
    }
}

void secret_wipe(void *bytes, size_t size)
{
    explicit_bzero(bytes, size);
}

void secret_close_process(void)
{
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}
