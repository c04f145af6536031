/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool drop_identity(const struct sandbox_setup *setup)
{
    if (geteuid() != 0)
        return true;
    return chroot(setup->empty_directory) == 0 && chdir("/") == 0 && setgroups(0, NULL) == 0 &&
           setresgid(setup->gid, setup->gid, setup->gid) == 0 &&
           setresuid(setup->uid, setup->uid, setup->uid) == 0;
}

/* What somebody else than root may have been given, too. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
           syscall(SYS_capset, &header, none) == 0;
}

/* No new process, no core with the peer's secrets in it, and no life without the parent (which a change of
 * identity would have forgotten). */
static bool limit_resources(void)
{
    const struct rlimit none = { 0, 0 };
    return setrlimit(RLIMIT_NPROC, &none) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
}

/* Calls of which only some are allowed: no memory may become executable, and of the controls only the one
 * with which libuv makes what it watches non-blocking. */
static const struct {
    int call;
    struct scmp_arg_cmp argument;
} restricted[] = {
    { SCMP_SYS(mmap), { .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0 } },
    { SCMP_SYS(ioctl), { .arg = 1, .op = SCMP_CMP_EQ, .datum_a = FIONBIO } },
};

static int add_rules(scmp_filter_ctx filter)
{
    static const int allowed[] = {
#define CALL(name) SCMP_SYS(name),
#include "os/sandbox.def"
#undef CALL
    };
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; status == 0 && i < sizeof(restricted) / sizeof(restricted[0]); i++)
        status = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, restricted[i].call, 1,
                                        &restricted[i].argument);
    return status;
}

static bool filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return false;
    int status = add_rules(filter);
    if (status == 0)
        status = seccomp_load(filter); /* sets no_new_privs, too */
    seccomp_release(filter);
    errno = -status;
    return status == 0;
}

enum err sandbox_enter(const struct sandbox_setup *setup)
{
    return drop_identity(setup) && drop_capabilities() && limit_resources() && filter_calls()
               ? OK
               : ERR_SYSTEM;
}
