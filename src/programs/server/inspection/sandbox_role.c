/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_role.h"

#include "base/bytes.h"
#include "programs/server/common/rlimits.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* ---- the lists of calls: those that the programs compile ---- */

#define COUNT(list)                           (sizeof(list) / sizeof((list)[0]))
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),

static const struct sandbox_call worker_list[] = {
#include "programs/server/worker/calls.def"
    SANDBOX_RUNTIME_CALLS
};
static const struct sandbox_role_calls worker_calls = { worker_list, COUNT(worker_list) };
static const struct sandbox_call porch_list[] = {
#include "programs/server/porch/calls.def"
    SANDBOX_RUNTIME_CALLS
};
static const struct sandbox_role_calls porch_calls = { porch_list, COUNT(porch_list) };
static const struct sandbox_call keyd_list[] = {
#include "programs/server/keyd/calls.def"
    SANDBOX_RUNTIME_CALLS
};
static const struct sandbox_role_calls keyd_calls = { keyd_list, COUNT(keyd_list) };
static const struct sandbox_call offer_list[] = {
#include "programs/server/offer/calls.def"
    SANDBOX_RUNTIME_CALLS
};
static const struct sandbox_role_calls offer_calls = { offer_list, COUNT(offer_list) };
static const struct sandbox_call tcp_list[] = {
#include "programs/tcp/calls.def"
    SANDBOX_RUNTIME_CALLS
};
static const struct sandbox_role_calls tcp_calls = { tcp_list, COUNT(tcp_list) };

/* ---- the limits ---- */

#define LIMITS(name, ...)                                                   \
    static const struct sandbox_role_limit name##_list[] = { __VA_ARGS__ }; \
    static const struct sandbox_role_limits name = { name##_list, COUNT(name##_list) }

static const struct sandbox_role_limit worker_limits_list[] = {
#define LIMIT(name, most) { RLIMIT_##name, most },
#include "programs/server/common/rlimits.def"
#undef LIMIT
};
static const struct sandbox_role_limits worker_limits = { worker_limits_list,
                                                          COUNT(worker_limits_list) };
LIMITS(no_core, { RLIMIT_CORE, 0 });
LIMITS(no_process, { RLIMIT_CORE, 0 }, { RLIMIT_NPROC, 0 });
/* As many connections as the server may have descriptors. */
LIMITS(porch_limits, { RLIMIT_CORE, 0 }, { RLIMIT_NPROC, 0 }, { RLIMIT_NOFILE, RLIM_INFINITY });
/* Its memory must not be swapped. */
LIMITS(keyd_limits, { RLIMIT_CORE, 0 }, { RLIMIT_NPROC, 0 }, { RLIMIT_MEMLOCK, RLIM_INFINITY });
LIMITS(password_limits, { RLIMIT_CORE, 0 }, { RLIMIT_NOFILE, 0 });

/* ---- the roles ---- */

static const struct sandbox_role roles[] = {
#define ROLE(id, text, whose, may_open, list, bounds, linked, modules, dumpable) \
    [SANDBOX_ROLE_##id] = {                                                      \
        .name = (text),                                                          \
        .kind = SANDBOX_ROLE_##whose,                                            \
        .open = SANDBOX_ROLE_##may_open,                                         \
        .calls = (list),                                                         \
        .limits = (bounds),                                                      \
        .libraries = (linked),                                                   \
        .has_modules = (modules),                                                \
        .is_dumpable = (dumpable),                                               \
    },
#include "programs/server/inspection/sandbox_role.def"
#undef ROLE
};

const struct sandbox_role *sandbox_role_of(enum sandbox_role_id id)
{
    return &roles[id];
}

/* ---- libraries ---- */

/* Of the C library; later versions have only libc. */
static const char everybodys[] = "libc libm libpthread libdl librt";

/* Libraries of modules for accounts: those of systemd, of winbind and for NIS. */
static const char modules_own[] = "libcap libwbclient libnsl libtirpc";

#ifdef __SANITIZE_ADDRESS__
/* Every program of such a build also links libcrypt (meson.build). */
static const char runtimes[] = "libasan libubsan libgcc_s libstdc++ libcrypt";
#else
static const char runtimes[] = "";
#endif

static bool has_word(const char *words, struct bytes name)
{
    struct bytes rest = bytes_text(words);
    while (rest.len)
        if (bytes_equal(bytes_cut(&rest, ' '), name))
            return true;
    return false;
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

bool sandbox_role_has_library(const struct sandbox_role *role, const char *name)
{
    const char *end = strstr(name, ".so");
    struct bytes stem = bytes_of(name, end ? (size_t)(end - name) : strlen(name));
    if (strcmp(role->libraries, "*") == 0)
        return true;
    if (role->has_modules && (begins(name, "libnss_") || has_word(modules_own, stem)))
        return true;
    return begins(name, "ld-") || has_word(everybodys, stem) || has_word(role->libraries, stem) ||
           has_word(runtimes, stem);
}
