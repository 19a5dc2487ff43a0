#include "platform/privileges.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attributes.h"

size_t platform_privileges(const char *names[PLATFORM_PRIVILEGES_MAX])
{
    static const struct {
        int bit;
        const char *name;
    } known[] = { { CAP_NET_RAW, "net_raw" }, { CAP_NET_ADMIN, "net_admin" } };
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
    if (syscall(SYS_capget, &header, data) != 0) {
        return 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if ((data[0].effective & (UINT32_C(1) << known[i].bit)) != 0) {
            names[count++] = known[i].name;
        }
    }
    return count;
}

bool platform_privileges_drop(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
    return syscall(SYS_capset, &header, none) == 0;
}
