#include "net/http_curl.h"

#include <dlfcn.h>
#include <string.h>

static const char library[] = "libcurl.so.4";

/* ISO C has no way from an object's address to a function's; POSIX says that the bytes are the same. */
static bool find(void *from, const char *name, void *function, size_t size)
{
    void *const found = dlsym(from, name);
    memcpy(function, &found, size);
    return found != NULL;
}

bool http_curl_load(struct http_curl *curl)
{
    void *const from = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    bool good = from != NULL;
#define FIND(name) good = good && find(from, "curl_" #name, &curl->name, sizeof curl->name);
    HTTP_CURL_FUNCTIONS(FIND)
#undef FIND
    if (from != NULL) {
        (void)dlclose(from); /* gives the count back */
    }
    return good;
}
