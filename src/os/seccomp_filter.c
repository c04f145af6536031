/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/seccomp_filter.h"

#include <linux/audit.h>
#include <string.h>

enum { NUMBER_END = 1024, ARGUMENT_BITS = 64, ARGUMENT_COUNT = 6 };

#if defined(__x86_64__)
static const uint32_t MACHINE = AUDIT_ARCH_X86_64, OTHER_MACHINE = AUDIT_ARCH_I386;
#elif defined(__aarch64__)
static const uint32_t MACHINE = AUDIT_ARCH_AARCH64, OTHER_MACHINE = AUDIT_ARCH_ARM;
#elif defined(__riscv)
static const uint32_t MACHINE = AUDIT_ARCH_RISCV64, OTHER_MACHINE = AUDIT_ARCH_RISCV32;
#else
static const uint32_t MACHINE = 0, OTHER_MACHINE = 0;
#endif

/* ---- what it answers ---- */

static bool compare(uint16_t code, uint32_t value, uint32_t wanted)
{
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return value == wanted;
    case BPF_JGT:
        return value > wanted;
    case BPF_JGE:
        return value >= wanted;
    default: /* BPF_JSET */
        return (value & wanted) != 0;
    }
}

/* Reads a call's octets as aligned words. */
static bool load(const struct seccomp_data *call, uint32_t offset, uint32_t *value)
{
    if (offset % sizeof(*value) != 0 || offset > sizeof(*call) - sizeof(*value))
        return false;
    memcpy(value, (const uint8_t *)call + offset, sizeof(*value));
    return true;
}

uint32_t seccomp_filter_answer(const struct seccomp_filter *filter, const struct seccomp_data *call)
{
    uint32_t value = 0;
    for (size_t at = 0; at < filter->count; at++) {
        const struct sock_filter *step = &filter->steps[at];
        switch (step->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (!load(call, step->k, &value))
                return SECCOMP_RET_KILL_PROCESS;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            value &= step->k;
            break;
        case BPF_JMP | BPF_JA:
            at += step->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
        case BPF_JMP | BPF_JGT | BPF_K:
        case BPF_JMP | BPF_JGE | BPF_K:
        case BPF_JMP | BPF_JSET | BPF_K:
            at += compare(step->code, value, step->k) ? step->jt : step->jf;
            break;
        case BPF_RET | BPF_K:
            return step->k;
        default:
            return SECCOMP_RET_KILL_PROCESS;
        }
    }
    return SECCOMP_RET_KILL_PROCESS;
}

/* ---- whether it enforces a list ---- */

static bool is_allowed(const struct sandbox_call *calls, size_t count,
                       const struct seccomp_data *call)
{
    for (size_t i = 0; i < count; i++)
        if (calls[i].number == call->nr &&
            (!calls[i].is_checked ||
             (call->args[calls[i].argument] & calls[i].mask) == calls[i].value))
            return true;
    return false;
}

struct question {
    const struct seccomp_filter *filter;
    const struct sandbox_call *calls;
    size_t count;
};

static bool agrees(const struct question *q, const struct seccomp_data *call)
{
    uint32_t wanted =
        is_allowed(q->calls, q->count, call) ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
    return seccomp_filter_answer(q->filter, call) == wanted;
}

/* With the wanted argument, and with each of its bits changed. */
static bool agrees_about(const struct question *q, const struct sandbox_call *wanted)
{
    struct seccomp_data call = { .nr = wanted->number, .arch = MACHINE };
    call.args[wanted->argument] = wanted->value;
    bool is_same = agrees(q, &call);
    for (size_t bit = 0; wanted->is_checked && bit < ARGUMENT_BITS; bit++) {
        call.args[wanted->argument] = wanted->value ^ (uint64_t)1 << bit;
        is_same = is_same && agrees(q, &call);
    }
    return is_same;
}

static bool agrees_with_arguments(const struct question *q, int number, uint64_t value)
{
    struct seccomp_data call = { .nr = number, .arch = MACHINE };
    for (size_t i = 0; i < ARGUMENT_COUNT; i++)
        call.args[i] = value;
    return agrees(q, &call);
}

/* A condition that the list lacks would compare with one of the filter's own numbers. */
static bool agrees_on_number(const struct question *q, int number)
{
    bool is_same =
        agrees_with_arguments(q, number, 0) && agrees_with_arguments(q, number, UINT64_MAX);
    for (size_t i = 0; is_same && i < q->filter->count; i++)
        is_same = agrees_with_arguments(q, number, q->filter->steps[i].k);
    return is_same;
}

/* The same numbers mean other calls on another architecture. */
static bool lets_another_machine_through(const struct question *q, int number)
{
    static const int X32 = 0x40000000;
    struct seccomp_data call = { .nr = number, .arch = OTHER_MACHINE };
    bool is_through = seccomp_filter_answer(q->filter, &call) == SECCOMP_RET_ALLOW;
    call.nr |= X32;
    call.arch = MACHINE;
    return is_through || seccomp_filter_answer(q->filter, &call) == SECCOMP_RET_ALLOW;
}

bool seccomp_filter_knows_machine(void)
{
    return MACHINE != 0;
}

bool seccomp_filter_is(const struct seccomp_filter *filter, const struct sandbox_call *calls,
                       size_t count)
{
    const struct question question = { filter, calls, count };
    for (int number = 0; number < NUMBER_END; number++)
        if (!agrees_on_number(&question, number) || lets_another_machine_through(&question, number))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!agrees_about(&question, &calls[i]))
            return false;
    return true;
}
