/* platform/state, platform/resolvers and the small ones. */
#include "unit/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/privileges.h"
#include "platform/resolvers.h"
#include "platform/state.h"
#include "platform/tty.h"

static char folder[] = "/tmp/rdpwhy-state-XXXXXX";

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    char path[128];
    snprintf(path, sizeof(path), "%s/deep/er", folder);
    return setenv("XDG_STATE_HOME", path, 1);
}

static int teardown(void **state)
{
    (void)state;
    static const char *const files[] = { "deep/er/rdpwhy/log", "deep/er/rdpwhy/log.lock", "deep/er/rdpwhy/link",
                                         "deep/er/rdpwhy/link.lock" };
    static const char *const folders[] = { "deep/er/rdpwhy", "deep/er", "deep", "." };
    char path[256];
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        unlink(path);
    }
    for (size_t i = 0; i < COUNT_OF(folders) - 1; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
        assert_int_equal(rmdir(path), 0); /* and so nothing else was left behind */
    }
    return rmdir(folder);
}

static void assert_holds(struct platform_state *state, const char *text)
{
    struct buffer got;
    buffer_init(&got, 4096);
    assert_true(platform_state_read(state, &got, NULL));
    assert_int_equal(got.size, strlen(text));
    assert_memory_equal(got.size > 0 ? (const char *)got.bytes : "", text, got.size);
    buffer_release(&got);
}

static void state_is_kept(void **unused)
{
    (void)unused;
    struct error error = { 0 };
    struct platform_state *state = platform_state_open("log", &error);
    assert_non_null(state);
    assert_holds(state, "");
    assert_true(platform_state_write(state, "one\n", 4, NULL));
    assert_holds(state, "one\n");
    assert_true(platform_state_write(state, "", 0, NULL));
    assert_true(platform_state_write(state, "two", 3, NULL));
    platform_state_close(state);
    state = platform_state_open("log", &error);
    assert_non_null(state);
    assert_holds(state, "two");
    struct buffer small;
    buffer_init(&small, 2);
    assert_false(platform_state_read(state, &small, &error));
    buffer_release(&small);
    platform_state_close(state);
    platform_state_close(NULL);
    char path[256];
    struct stat info;
    snprintf(path, sizeof(path), "%s/deep/er/rdpwhy/log", folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void state_is_locked(void **unused)
{
    (void)unused;
    struct error error = { 0 };
    struct platform_state *state = platform_state_open("log", NULL);
    assert_non_null(state);
    assert_null(platform_state_open("log", &error)); /* and comes back, rather than wait for ever */
    assert_int_equal(error.kind, ERROR_INTERNAL);
    platform_state_close(state);
    state = platform_state_open("log", NULL);
    assert_non_null(state);
    platform_state_close(state);
}

static void state_follows_no_link(void **unused)
{
    (void)unused;
    struct error error = { 0 };
    struct platform_state *state = platform_state_open("link", &error);
    char path[256];
    snprintf(path, sizeof(path), "%s/deep/er/rdpwhy/link", folder);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    struct buffer got;
    buffer_init(&got, 65536);
    assert_false(platform_state_read(state, &got, &error));
    assert_int_equal(got.size, 0);
    buffer_release(&got);
    platform_state_close(state);
}

static void no_home_is_an_error(void **unused)
{
    (void)unused;
    char *home = getenv("HOME") != NULL ? strdup(getenv("HOME")) : NULL;
    char *place = strdup(getenv("XDG_STATE_HOME"));
    struct error error = { 0 };
    unsetenv("HOME");
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored, says the XDG specification */
    assert_null(platform_state_open("log", &error));
    assert_non_null(strstr(error.text, "HOME"));
    setenv("XDG_STATE_HOME", "/proc/nothing", 1);
    assert_null(platform_state_open("log", &error));
    setenv("XDG_STATE_HOME", place, 1);
    if (home != NULL) {
        setenv("HOME", home, 1);
    }
    free(home);
    free(place);
}

static void parse(const char *text, struct platform_resolvers *resolvers)
{
    platform_resolvers_parse(text, strlen(text), resolvers);
}

static void assert_server(const struct platform_resolvers *resolvers, size_t i, const char *text)
{
    char got[ADDRESS_TEXT_SIZE];
    assert_true(i < resolvers->count);
    address_format(&resolvers->servers[i], got);
    assert_string_equal(got, text);
}

static void resolv_conf(void **unused)
{
    (void)unused;
    struct platform_resolvers resolvers;
    parse("# comment\nnameserver 192.0.2.1\n;x\nnameserver\t2001:db8::53 \r\nnameserver bogus\n"
          "domain first.example\nsearch a.example. b.example\noptions edns0 ndots:3\nnonsense\n\nnameserver 192.0.2.3\n"
          "nameserver 192.0.2.4",
          &resolvers);
    assert_int_equal(resolvers.count, 3);
    assert_server(&resolvers, 0, "192.0.2.1");
    assert_server(&resolvers, 1, "2001:db8::53");
    assert_server(&resolvers, 2, "192.0.2.3");
    assert_int_equal(resolvers.search_count, 2);
    assert_string_equal(resolvers.search[0], "a.example");
    assert_string_equal(resolvers.search[1], "b.example");
    assert_int_equal(resolvers.ndots, 3);
    assert_false(resolvers.stub);
    parse("", &resolvers);
    assert_int_equal(resolvers.count, 1);
    assert_server(&resolvers, 0, "127.0.0.1");
    assert_int_equal(resolvers.ndots, 1);
    assert_int_equal(resolvers.search_count, 0);
    parse("nameserver 127.0.0.53\nsearch x\ndomain y z\noptions ndots:99 ndots:z", &resolvers);
    assert_true(resolvers.stub);
    assert_int_equal(resolvers.search_count, 1);
    assert_string_equal(resolvers.search[0], "y");
    assert_int_equal(resolvers.ndots, 15);
    char text[2100];
    memset(text, 'a', sizeof(text)); /* a line longer than any is passed over */
    memcpy(text, "search ", 7);
    memcpy(text + 2070, "\nnameserver 192.0.2.9\n", 22);
    platform_resolvers_parse(text, 2092, &resolvers);
    assert_int_equal(resolvers.search_count, 0);
    assert_server(&resolvers, 0, "192.0.2.9");
    assert_true(platform_resolvers_read(&resolvers, NULL));
    assert_true(resolvers.count > 0);
}

static void small_ones(void **unused)
{
    (void)unused;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_false(platform_tty_is(fd));
    assert_int_equal(platform_tty_width(fd), 0);
    close(fd);
    const char *names[PLATFORM_PRIVILEGES_MAX];
    size_t count = platform_privileges(names);
    assert_true(count <= 2);
    for (size_t i = 0; i < count; i++) {
        assert_true(strcmp(names[i], "net_raw") == 0 || strcmp(names[i], "net_admin") == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_is_kept),         cmocka_unit_test(state_is_locked),
        cmocka_unit_test(state_follows_no_link), cmocka_unit_test(no_home_is_an_error),
        cmocka_unit_test(resolv_conf),           cmocka_unit_test(small_ones),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
