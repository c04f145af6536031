/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_look.h"

#include "os/seccomp_filter.h"
#include "os/tracee.h"
#include "programs/server/common/account.h"
#include "programs/server/inspection/sandbox_limits.h"
#include "programs/server/inspection/sandbox_proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROW_MAX = 1024, GROUPS_MAX = 64 };

struct subject {
    const struct sandbox_subject *is;
    const struct sandbox_role *role;
    struct sandbox_look *look;
    bool is_locked_in, is_hidden;
};

/* ---- rows ---- */

static void tell(const struct subject *s, bool is_right, const char *what, const char *value,
                 const char *wanted)
{
    if (is_right)
        printf("  %-13s %s\n", what, value);
    else
        printf("  %-13s %s  WRONG: %s\n", what, value, wanted);
    s->look->is_wrong |= !is_right;
}

static void tell_same(const struct subject *s, const char *what, const char *value,
                      const char *wanted)
{
    tell(s, strcmp(value, wanted) == 0, what, value, wanted);
}

static void tell_hidden(const struct subject *s, const char *what)
{
    printf("  %-13s not visible to this user\n", what);
    s->look->hidden_count++;
}

static void append(char row[ROW_MAX], const char *text)
{
    size_t len = strlen(row);
    (void)snprintf(row + len, ROW_MAX - len, "%s%s", len ? " " : "", text);
}

/* ---- who it is ---- */

static void look_at_user(const struct subject *s)
{
    char value[SANDBOX_PROC_VALUE], wanted[SANDBOX_PROC_VALUE];
    unsigned long uid = s->is->uid, gid = s->is->gid;
    sandbox_proc_status(s->is->id, "Uid", value);
    (void)snprintf(wanted, sizeof(wanted), "%lu %lu %lu %lu", uid, uid, uid, uid);
    tell_same(s, "uid", value, wanted);
    sandbox_proc_status(s->is->id, "Gid", value);
    (void)snprintf(wanted, sizeof(wanted), "%lu %lu %lu %lu", gid, gid, gid, gid);
    tell_same(s, "gid", value, wanted);
}

static int compare_groups(const void *a, const void *b)
{
    gid_t first = *(const gid_t *)a, second = *(const gid_t *)b;
    return (first > second) - (first < second);
}

/* As the kernel writes them: sorted, with the account's duplicates if it has any. */
static void write_groups(const struct account *account, char wanted[ROW_MAX])
{
    gid_t groups[GROUPS_MAX];
    char number[24];
    int count = GROUPS_MAX;
    if (getgrouplist(account->name, account->gid, groups, &count) < 0)
        count = 0;
    qsort(groups, (size_t)count, sizeof(groups[0]), compare_groups);
    for (int i = 0; i < count; i++) {
        (void)snprintf(number, sizeof(number), "%lu", (unsigned long)groups[i]);
        append(wanted, number);
    }
}

static void look_at_groups(const struct subject *s)
{
    char value[SANDBOX_PROC_VALUE], ours[SANDBOX_PROC_VALUE], wanted[ROW_MAX] = "";
    sandbox_proc_status(s->is->id, "Groups", value);
    sandbox_proc_status(getpid(), "Groups", ours);
    if (geteuid() != 0 || s->role->kind == SANDBOX_ROLE_OURS)
        append(wanted, ours);
    else if (s->is->account)
        write_groups(s->is->account, wanted);
    tell(s, strcmp(value, wanted) == 0, "groups", *value ? value : "none",
         *wanted ? wanted : "none");
}

static void look_at_root(const struct subject *s)
{
    char root[SANDBOX_PROC_VALUE];
    (void)sandbox_proc_link(s->is->id, "root", root);
    tell_same(s, "root", root, s->is->root);
}

/* ---- what it may do ---- */

static const char NO_CAPABILITY[] = "0000000000000000";

/* A process of root has what we have; any other has none. Only root can reduce its bounding set. */
static void look_at_capabilities(const struct subject *s)
{
    static const struct {
        const char *row, *name;
    } sets[] = { { "CapPrm", "permitted" },
                 { "CapEff", "effective" },
                 { "CapAmb", "ambient" },
                 { "CapInh", "inheritable" },
                 { "CapBnd", "bounding" } };
    enum { HELD = 3, INHERITABLE = HELD, BOUNDING };
    char row[ROW_MAX] = "", wrong[ROW_MAX] = "", text[SANDBOX_PROC_VALUE + 32];
    for (size_t i = 0; i <= BOUNDING; i++) {
        char value[SANDBOX_PROC_VALUE], ours[SANDBOX_PROC_VALUE];
        sandbox_proc_status(s->is->id, sets[i].row, value);
        sandbox_proc_status(getpid(), sets[i].row, ours);
        bool has_none = i < HELD ? s->is->uid != 0 : s->is_locked_in;
        bool is_any = i == BOUNDING && s->is_locked_in && geteuid() != 0;
        if (!is_any && strcmp(value, has_none ? NO_CAPABILITY : ours) != 0)
            append(wrong, sets[i].name);
        (void)snprintf(text, sizeof(text), "%s=%s", sets[i].name,
                       strcmp(value, NO_CAPABILITY) == 0 ? "none" : value);
        append(row, text);
    }
    (void)snprintf(text, sizeof(text), "%s as glasshd has, or none", wrong);
    tell(s, !*wrong, "capabilities", row, s->is->uid == 0 ? text : "none");
}

static void look_at_privileges(const struct subject *s)
{
    char value[SANDBOX_PROC_VALUE], wanted[SANDBOX_PROC_VALUE] = "1";
    sandbox_proc_status(s->is->id, "NoNewPrivs", value);
    if (!s->is_locked_in && s->role->kind != SANDBOX_ROLE_NOBODYS)
        sandbox_proc_status(getpid(), "NoNewPrivs", wanted);
    tell_same(s, "no new privs", value, wanted);
}

/* Filters that apply to us apply to it, too. */
static void look_at_seccomp(const struct subject *s)
{
    char mode[SANDBOX_PROC_VALUE], count[SANDBOX_PROC_VALUE], value[ROW_MAX], wanted[ROW_MAX];
    bool has_list = s->role->calls != NULL;
    sandbox_proc_status(getpid(), "Seccomp", mode);
    sandbox_proc_status(getpid(), "Seccomp_filters", count);
    long filters = strtol(count, NULL, 10) + has_list;
    (void)snprintf(wanted, sizeof(wanted), "%s, filters: %ld", has_list ? "2" : mode, filters);
    sandbox_proc_status(s->is->id, "Seccomp", mode);
    sandbox_proc_status(s->is->id, "Seccomp_filters", count);
    (void)snprintf(value, sizeof(value), "%s, filters: %s", mode, count);
    tell_same(s, "seccomp", value, wanted);
}

/* ---- what the kernel answers it ---- */

static void look_at_calls(const struct subject *s, const struct tracee *tracee)
{
    const struct sandbox_role_calls *calls = s->role->calls;
    struct seccomp_filter filter = { 0 };
    struct sock_filter *steps = NULL;
    char value[ROW_MAX];
    if (!calls)
        return;
    if (!tracee || !seccomp_filter_knows_machine() ||
        tracee_filter(tracee, &steps, &filter.count) != OK) {
        tell_hidden(s, "system calls");
        return;
    }
    filter.steps = steps;
    (void)snprintf(value, sizeof(value), "%zu rows, %zu steps of a filter", calls->count,
                   filter.count);
    tell(s, seccomp_filter_is(&filter, calls->items, calls->count), "system calls", value,
         "not those of the list");
    free(steps);
}

static bool open_root(const struct tracee *tracee, long *result)
{
    const unsigned long arguments[] = { (unsigned long)AT_FDCWD, 0,
                                        O_RDONLY | O_DIRECTORY | O_CLOEXEC };
    if (!tracee || tracee_call(tracee, SYS_openat, arguments, "/", result) != OK)
        return false;
    const unsigned long fd[] = { (unsigned long)*result, 0, 0 };
    long ignored;
    return *result < 0 || tracee_call(tracee, SYS_close, fd, NULL, &ignored) == OK;
}

/* The kernel does not show whether a process is under Landlock; but without it the process could read its root
 * directory. That is evidence only if we can read that ourselves. */
static void look_at_landlock(const struct subject *s, const struct tracee *tracee)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1), result = 0;
    bool is_wanted = s->is_locked_in && version >= 1;
    int ours = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ours >= 0)
        (void)close(ours);
    if (!s->is_locked_in && ours < 0) {
        tell_hidden(s, "landlock");
        return;
    }
    /* EMFILE: a process that may have no descriptors cannot open one. */
    if (!open_root(tracee, &result) || (result < 0 && result != -EACCES && result != -EMFILE)) {
        tell_hidden(s, "landlock");
        return;
    }
    char denies[ROW_MAX];
    (void)snprintf(denies, sizeof(denies), "denies files (version %ld)", version);
    const char *none = version < 1 ? "none, the kernel has none" : "none";
    tell_same(s, "landlock", result == -EACCES ? denies : none, is_wanted ? denies : none);
}

static void look_at_memory(const struct subject *s, const struct tracee *tracee)
{
    static const unsigned long arguments[3] = { PR_GET_DUMPABLE };
    long result = 0;
    bool is_wanted = s->role->is_dumpable && prctl(PR_GET_DUMPABLE) == 1;
    if (tracee && tracee_call(tracee, SYS_prctl, arguments, NULL, &result) == OK)
        result = result == 1;
    else if (s->is->uid != 0)
        result = sandbox_proc_owner(s->is->id) != 0;
    else {
        tell_hidden(s, "dumpable");
        return;
    }
    tell_same(s, "dumpable", result ? "yes" : "no", is_wanted ? "yes" : "no");
}

static void ask_kernel(const struct subject *s)
{
    struct tracee tracee;
    bool is_held = tracee_hold(&tracee, s->is->id) == OK;
    const struct tracee *asked = is_held ? &tracee : NULL;
    look_at_calls(s, asked);
    look_at_landlock(s, asked);
    look_at_memory(s, asked);
    if (is_held)
        tracee_release(&tracee);
}

/* ---- what it has ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool may_have(const struct subject *s, const char *fd, const char *target)
{
    enum sandbox_role_open open = s->role->open;
    bool is_stream = strlen(fd) == 1 && *fd < '2', is_stderr = strcmp(fd, "2") == 0;
    if (open == SANDBOX_ROLE_CLOSED)
        return false;
    return begins(target, "pipe:") || begins(target, "socket:") || begins(target, "anon_inode:") ||
           strcmp(target, "/dev/null") == 0 || is_stderr ||
           (open == SANDBOX_ROLE_STREAMS && is_stream) ||
           (open == SANDBOX_ROLE_DEVICE && strcmp(target, "/dev/net/tun") == 0);
}

static void look_at_descriptors(const struct subject *s)
{
    static const char *const wanted[] = {
        [SANDBOX_ROLE_STREAMS] = "no file, terminal or device but 0, 1 and 2",
        [SANDBOX_ROLE_STDERR] = "no file, terminal or device",
        [SANDBOX_ROLE_DEVICE] = "no file, terminal or other device",
        [SANDBOX_ROLE_CLOSED] = "none",
    };
    char path[64], row[ROW_MAX] = "";
    bool is_right = true;
    (void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)s->is->id);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char name[300], target[SANDBOX_PROC_VALUE], text[600];
        (void)snprintf(name, sizeof(name), "fd/%s", entry->d_name);
        if (entry->d_name[0] == '.' || !sandbox_proc_link(s->is->id, name, target))
            continue;
        is_right &= may_have(s, entry->d_name, target);
        (void)snprintf(text, sizeof(text), "%s=%.*s", entry->d_name, (int)strcspn(target, ":"),
                       target);
        append(row, text);
    }
    if (folder)
        (void)closedir(folder);
    tell(s, folder && is_right, "descriptors", *row ? row : "none", wanted[s->role->open]);
}

/* Judged only if the process must share them, or if we are root, which can always give it its own. */
static void look_at_namespaces(const struct subject *s)
{
    static const char *const names[] = { "net", "mnt", "pid", "ipc", "uts", "user" };
    static const char owned[] = "net=own mnt=own pid=shared ipc=own uts=own user=shared";
    static const char shared[] =
        "net=shared mnt=shared pid=shared ipc=shared uts=shared user=shared";
    const char *wanted = s->is_locked_in ? owned : shared;
    char row[ROW_MAX] = "", text[32], path[32];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char theirs[SANDBOX_PROC_VALUE], ours[SANDBOX_PROC_VALUE];
        (void)snprintf(path, sizeof(path), "ns/%s", names[i]);
        bool is_own = sandbox_proc_link(s->is->id, path, theirs) &&
                      sandbox_proc_link(getpid(), path, ours) && strcmp(theirs, ours) != 0;
        (void)snprintf(text, sizeof(text), "%s=%s", names[i], is_own ? "own" : "shared");
        append(row, text);
    }
    bool is_judged = !s->is_locked_in || geteuid() == 0;
    tell(s, !is_judged || strcmp(row, wanted) == 0, "namespaces", row, wanted);
}

static void look_at_libraries(const struct subject *s)
{
    scoped(buf) maps = BUF_EMPTY(SANDBOX_PROC_FILE);
    char last[SANDBOX_PROC_VALUE] = "", path[SANDBOX_PROC_VALUE];
    char row[ROW_MAX] = "", wrong[ROW_MAX] = "";
    bool is_read = sandbox_proc_read(s->is->id, "maps", &maps);
    struct bytes rest = buf_bytes(&maps);
    while (rest.len) {
        struct bytes line = bytes_cut(&rest, '\n');
        struct bytes file = bytes_skip(line, bytes_find(line, '/'));
        if (!bytes_to_text(file, path, sizeof(path)) || !strstr(path, ".so") ||
            strcmp(path, last) == 0)
            continue;
        const char *name = strrchr(path, '/') + 1;
        append(row, name);
        if (!sandbox_role_has_library(s->role, name))
            append(wrong, name);
        (void)strcpy(last, path);
    }
    append(wrong, "should not be there");
    bool is_right = is_read && strcmp(wrong, "should not be there") == 0;
    tell(s, is_right, "libraries", row, wrong);
}

/* What the kernel shows only to root and the same user, and for a process with secrets only to root. */
static void look_inside(const struct subject *s)
{
    static const char *const parts[] = { "root", "descriptors", "namespaces", "libraries" };
    if (s->is_hidden) {
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
            tell_hidden(s, parts[i]);
        return;
    }
    look_at_root(s);
    look_at_descriptors(s);
    look_at_namespaces(s);
    look_at_libraries(s);
}

static void look_at_limits(const struct subject *s)
{
    char value[SANDBOX_LIMITS_ROW], wrong[SANDBOX_LIMITS_ROW];
    bool is_right = sandbox_limits_judge(s->is->id, s->role->limits, value, wrong);
    tell(s, is_right, "limits", value, wrong);
}

void sandbox_look_at(struct sandbox_look *look, const struct sandbox_subject *subject)
{
    char root[SANDBOX_PROC_VALUE];
    const struct sandbox_role *role = sandbox_role_of(subject->role);
    const struct subject s = {
        .is = subject,
        .role = role,
        .look = look,
        .is_locked_in = role->kind == SANDBOX_ROLE_LOCKED_IN,
        .is_hidden =
            !sandbox_proc_link(subject->id, "root", root) && (errno == EACCES || errno == EPERM),
    };
    printf("%s\n", role->name);
    look_at_user(&s);
    look_at_groups(&s);
    look_at_capabilities(&s);
    look_at_privileges(&s);
    look_at_seccomp(&s);
    look_at_limits(&s);
    look_inside(&s);
    ask_kernel(&s);
}
