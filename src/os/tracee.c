/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tracee.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* From linux/ptrace.h, which conflicts with sys/ptrace.h. */
enum { SUSPEND_SECCOMP = 1 << 21, GET_FILTER = 0x420c };

static enum err await_stop(pid_t id)
{
    int status;
    pid_t got;
    do
        got = waitpid(id, &status, __WALL);
    while (got < 0 && errno == EINTR);
    if (got == id && WIFSTOPPED(status))
        return OK;
    errno = ESRCH;
    return ERR_SYSTEM;
}

static bool ask(int request, pid_t id, unsigned long address, void *data)
{
    return ptrace((enum __ptrace_request)request, id, address, data) >= 0;
}

#ifdef __x86_64__

enum { PAGE = 4096, INSTRUCTION_LEN = 2, RED_ZONE = 128, TEXT_ROOM = 64 };

/* In the kernel's own page of code, which every process has. */
static unsigned long find_call(pid_t id)
{
    static const unsigned char instruction[INSTRUCTION_LEN] = { 0x0f, 0x05 };
    char path[64], line[PATH_MAX];
    unsigned long begin = 0, end = 0;
    (void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)id);
    FILE *maps = fopen(path, "re");
    while (maps && fgets(line, sizeof(line), maps))
        if (strstr(line, "[vdso]"))
            (void)sscanf(line, "%lx-%lx", &begin, &end);
    if (maps)
        (void)fclose(maps);
    for (unsigned long at = begin; at < end; at += sizeof(long)) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKTEXT, id, at, NULL);
        if (errno != 0)
            return 0;
        const void *found = memmem(&word, sizeof(word), instruction, sizeof(instruction));
        if (found)
            return at + (unsigned long)((const char *)found - (const char *)&word);
    }
    return 0;
}

/* Below the stack that its functions use. */
static bool put_text(pid_t id, const char *text, unsigned long at)
{
    char octets[TEXT_ROOM] = "";
    if (strlen(text) >= sizeof(octets))
        return false;
    memcpy(octets, text, strlen(text));
    for (size_t i = 0; i < sizeof(octets); i += sizeof(long)) {
        unsigned long word;
        memcpy(&word, octets + i, sizeof(word));
        if (!ask(PTRACE_POKEDATA, id, at + i, (void *)word))
            return false;
    }
    return true;
}

enum err tracee_call(const struct tracee *tracee, long number, const unsigned long arguments[3],
                     const char *text, long *result)
{
    struct user_regs_struct before, now;
    errno = ENOSYS;
    if (!tracee->may_call || !ask(PTRACE_GETREGS, tracee->id, 0, &before))
        return ERR_SYSTEM;
    unsigned long text_at = (before.rsp - RED_ZONE - TEXT_ROOM) & ~(sizeof(long) - 1);
    if (text && !put_text(tracee->id, text, text_at))
        return ERR_SYSTEM;
    now = before;
    now.rip = tracee->call_at;
    now.rax = (unsigned long)number;
    now.orig_rax = ULONG_MAX; /* or the call that it waits in would be restarted */
    now.rdi = arguments[0];
    now.rsi = text ? text_at : arguments[1];
    now.rdx = arguments[2];
    if (!ask(PTRACE_SETREGS, tracee->id, 0, &now) || !ask(PTRACE_SINGLESTEP, tracee->id, 0, NULL))
        return ERR_SYSTEM;
    TRY(await_stop(tracee->id));
    if (!ask(PTRACE_GETREGS, tracee->id, 0, &now) || !ask(PTRACE_SETREGS, tracee->id, 0, &before))
        return ERR_SYSTEM;
    *result = (long)now.rax;
    return OK;
}

#else

static unsigned long find_call(pid_t id)
{
    (void)id;
    return 0;
}

enum err tracee_call(const struct tracee *tracee, long number, const unsigned long arguments[3],
                     const char *text, long *result)
{
    (void)tracee, (void)number, (void)arguments, (void)text, (void)result;
    errno = ENOSYS; /* other registers */
    return ERR_SYSTEM;
}

#endif

enum err tracee_hold(struct tracee *tracee, pid_t id)
{
    *tracee = (struct tracee){ .id = id };
    bool is_free = ask(PTRACE_SEIZE, id, 0, (void *)(unsigned long)SUSPEND_SECCOMP);
    if (!is_free && !ask(PTRACE_SEIZE, id, 0, NULL))
        return ERR_SYSTEM;
    if (!ask(PTRACE_INTERRUPT, id, 0, NULL))
        return ERR_SYSTEM;
    TRY(await_stop(id));
    tracee->call_at = is_free ? find_call(id) : 0;
    tracee->may_call = tracee->call_at != 0;
    return OK;
}

void tracee_release(struct tracee *tracee)
{
    (void)ask(PTRACE_DETACH, tracee->id, 0, NULL);
}

enum err tracee_filter(const struct tracee *tracee, struct sock_filter **steps, size_t *count)
{
    long len = ptrace((enum __ptrace_request)GET_FILTER, tracee->id, 0UL, NULL);
    if (len <= 0)
        return ERR_SYSTEM;
    struct sock_filter *room = calloc((size_t)len, sizeof(*room));
    if (!room || ptrace((enum __ptrace_request)GET_FILTER, tracee->id, 0UL, room) != len) {
        free(room);
        return ERR_SYSTEM;
    }
    *steps = room;
    *count = (size_t)len;
    return OK;
}
