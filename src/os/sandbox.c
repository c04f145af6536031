/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox.h"

#include "base/check.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sockets that are already open stay in the network they were made in. Where unshare is not allowed, the list
 * of calls alone keeps files and networks out of reach. */
static void leave_namespaces(void)
{
    int kinds = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS;
    if (geteuid() != 0)
        kinds |= CLONE_NEWUSER;
    (void)unshare(kinds);
}

/* The capabilities that executing a program with its own could give; only for root, or in its own user namespace. */
static bool drop_bounds(void)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
         capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            return geteuid() != 0;
    return true;
}

static bool drop_identity(const struct sandbox_setup *setup)
{
    if (geteuid() != 0)
        return true;
    return chroot(setup->empty_directory) == 0 && chdir("/") == 0 && setgroups(0, NULL) == 0 &&
           setresgid(setup->gid, setup->gid, setup->gid) == 0 &&
           setresuid(setup->uid, setup->uid, setup->uid) == 0;
}

/* Those held now; users other than root may have been given some too. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
           syscall(SYS_capset, &header, none) == 0;
}

/* Denies all that each version of Landlock can (the build's linux/landlock.h may know less), since no rule
 * allows anything. */
static bool deny_by_landlock(void)
{
    struct {
        uint64_t files, networks, scopes;
    } all = { 0 };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    if (version < 1)
        return true; /* the kernel has none */
    static const unsigned file_rights[] = { 13, 14, 15, 15, 16 };
    size_t last = sizeof(file_rights) / sizeof(file_rights[0]) - 1;
    size_t at = (size_t)version - 1 < last ? (size_t)version - 1 : last;
    all.files = (1ULL << file_rights[at]) - 1;
    all.networks = version >= 4 ? 3 : 0;
    all.scopes = version >= 6 ? 3 : 0;
    size_t len = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    long ruleset = syscall(SYS_landlock_create_ruleset, &all, len, 0);
    bool done = ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (ruleset >= 0)
        (void)close((int)ruleset);
    return done;
}

enum err sandbox_isolate(const struct sandbox_setup *setup)
{
    const struct rlimit none = { 0, 0 };
    leave_namespaces();
    return drop_bounds() && drop_identity(setup) && drop_capabilities() &&
                   setrlimit(RLIMIT_CORE, &none) == 0 &&
                   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
                   deny_by_landlock()
               ? OK
               : ERR_SYSTEM;
}

static int add_rules(scmp_filter_ctx filter, const struct sandbox_call *calls, size_t count)
{
    int status = 0;
    for (size_t i = 0; status == 0 && i < count; i++) {
        const struct scmp_arg_cmp argument = { .arg = calls[i].argument,
                                               .op = SCMP_CMP_MASKED_EQ,
                                               .datum_a = calls[i].mask,
                                               .datum_b = calls[i].value };
        status = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i].number,
                                        calls[i].is_checked ? 1 : 0, &argument);
    }
    return status;
}

struct sandbox_filter {
    struct sock_fprog program;
};

/* The library writes the kernel's form of its rules into a file. */
static bool read_back(int fd, struct sock_fprog *program)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size <= 0)
        return false;
    size_t len = (size_t)status.st_size;
    program->filter = malloc(len);
    CHECK(program->filter != NULL && len / sizeof(*program->filter) <= BPF_MAXINSNS);
    program->len = (unsigned short)(len / sizeof(*program->filter));
    return pread(fd, program->filter, len, 0) == (ssize_t)len;
}

const struct sandbox_filter *sandbox_compile(const struct sandbox_call *calls, size_t count)
{
    struct sandbox_filter *filter = calloc(1, sizeof(*filter));
    scmp_filter_ctx rules = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int fd = memfd_create("calls", MFD_CLOEXEC);
    static const struct sandbox_call runtime_calls[] = { SANDBOX_RUNTIME_CALLS };
    CHECK(filter != NULL && rules != NULL);
    bool done =
        fd >= 0 && add_rules(rules, calls, count) == 0 &&
        add_rules(rules, runtime_calls, sizeof(runtime_calls) / sizeof(runtime_calls[0])) == 0 &&
        seccomp_export_bpf(rules, fd) == 0 && read_back(fd, &filter->program);
    seccomp_release(rules);
    if (fd >= 0)
        (void)close(fd);
    if (done)
        return filter;
    free(filter->program.filter);
    free(filter);
    return NULL;
}

enum err sandbox_lock(const struct sandbox_filter *filter)
{
    const struct rlimit none = { 0, 0 };
    return filter && setrlimit(RLIMIT_NPROC, &none) == 0 &&
                   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter->program) == 0
               ? OK
               : ERR_SYSTEM;
}
