/* SPDX-License-Identifier: BSD-2-Clause */
/* A link between two networks that is as bad as wanted:
 * [--delay-ms N] [--jitter-ms N] [--rate-mbit N] [--queue N] [--loss P] [--reorder P] [--reorder-ms N]
 * [--duplicate P] [--seed N] SIDE SIDE, where a SIDE is PID NAME ADDRESS/PREFIX [ADDRESS/PREFIX]: in the network
 * namespace of that process it makes the TUN device NAME with these addresses.
 *
 * Each direction alone: a packet waits in a queue of so many until those before it have left at that rate, is lost with
 * the probability P (percent, like 0.1), travels for the delay and, if drawn, a jitter up to N on top; one that is
 * reordered takes so much longer. The same seed draws the same numbers. The kernel's large segments are cut before they
 * get here. Says "ready", runs until stdin ends, and then says what became of the packets of both directions. */
#include "base/check.h"
#include "os/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { SIDES = 2, MTU = 1500, ADDRESSES_MAX = 2, BATCH = 64, HELD_MAX = 65536, SLOTS = 1 << 17 };
enum { SECOND_NS = 1000000000, MS_NS = 1000000, TRAVEL_MS_MAX = 3600 * 1000 };

struct options {
    double delay_ms, jitter_ms, rate_mbit, queue, loss, reorder, reorder_ms, duplicate, seed;
};

struct held {
    int64_t due_ns, number; /* of two that are due together the earlier goes first */
    size_t len;
    uint8_t *octets;
};

/* From one side to the other. `heap`: the next one due first. */
struct direction {
    struct held *heap;
    size_t count;
    int64_t *leaves; /* when those in the queue have left it: a ring */
    size_t first, waiting;
    int64_t free_at_ns, number;
    uint64_t random;
    unsigned long passed, lost, dropped, duplicated, reordered;
};

static int64_t clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)SECOND_NS + now.tv_nsec;
}

/* xorshift64*: 0 up to 1. */
static double draw(struct direction *d)
{
    d->random ^= d->random >> 12;
    d->random ^= d->random << 25;
    d->random ^= d->random >> 27;
    return (double)((d->random * 2685821657736338717ULL) >> 11) / (double)(1ULL << 53);
}

static bool happens(struct direction *d, double percent)
{
    return percent > 0 && draw(d) * 100 < percent;
}

/* ---- the heap ---- */

static bool is_before(const struct held *a, const struct held *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static void swap(struct held *a, struct held *b)
{
    struct held kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct direction *d, struct bytes packet, int64_t due_ns)
{
    if (d->count == HELD_MAX) {
        d->dropped++;
        return;
    }
    size_t at = d->count++;
    uint8_t *octets = malloc(packet.len);
    CHECK(octets);
    memcpy(octets, packet.data, packet.len);
    d->heap[at] = (struct held){ due_ns, d->number++, packet.len, octets };
    for (; at > 0 && is_before(&d->heap[at], &d->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&d->heap[at], &d->heap[(at - 1) / 2]);
}

static struct held pop(struct direction *d)
{
    struct held first = d->heap[0];
    d->heap[0] = d->heap[--d->count];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < d->count; child++)
            if (is_before(&d->heap[child], &d->heap[least]))
                least = child;
        if (least == at)
            return first;
        swap(&d->heap[at], &d->heap[least]);
        at = least;
    }
}

/* ---- what happens to a packet ---- */

/* When it has left the queue; -1: the queue is full. */
static int64_t pass_queue(struct direction *d, const struct options *o, size_t len, int64_t now)
{
    if (o->rate_mbit <= 0)
        return now;
    while (d->waiting > 0 && d->leaves[d->first] <= now) {
        d->first = (d->first + 1) % SLOTS;
        d->waiting--;
    }
    if (d->waiting >= (size_t)o->queue)
        return -1;
    if (d->free_at_ns < now)
        d->free_at_ns = now;
    d->free_at_ns += (int64_t)((double)len * 8 * 1000 / o->rate_mbit);
    d->leaves[(d->first + d->waiting++) % SLOTS] = d->free_at_ns;
    return d->free_at_ns;
}

static void send_off(struct direction *d, const struct options *o, struct bytes packet, int64_t now)
{
    int64_t left_ns = pass_queue(d, o, packet.len, now);
    if (left_ns < 0) {
        d->dropped++;
        return;
    }
    if (happens(d, o->loss)) {
        d->lost++;
        return;
    }
    double travel_ms = o->delay_ms + (o->jitter_ms > 0 ? draw(d) * o->jitter_ms : 0);
    if (happens(d, o->reorder)) {
        d->reordered++;
        travel_ms += o->reorder_ms;
    }
    push(d, packet, left_ns + (int64_t)(travel_ms * MS_NS));
    if (happens(d, o->duplicate)) {
        d->duplicated++;
        push(d, packet, left_ns + (int64_t)(travel_ms * MS_NS));
    }
}

static void deliver(struct direction *d, const struct tun *to, int64_t now)
{
    while (d->count > 0 && d->heap[0].due_ns <= now) {
        struct held held = pop(d);
        const struct tun_frame frame = { .parts = { bytes_of(held.octets, held.len) },
                                         .part_count = 1 };
        (void)tun_write(to, &frame);
        d->passed++;
        free(held.octets);
    }
}

/* ---- the devices ---- */

struct side {
    struct tun tun;
    struct direction out;
};

static int fail(const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static bool enter(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
    if (fd >= 0)
        (void)close(fd);
    return done;
}

static bool give_address(const char *name, char *text)
{
    struct ip_address address;
    char *slash = strchr(text, '/');
    if (!slash)
        return false;
    *slash = '\0';
    char *end;
    unsigned long bits = strtoul(slash + 1, &end, 10);
    return slash[1] != '\0' && *end == '\0' && ip_address_parse(bytes_text(text), &address) &&
           bits <= (address.version == 4 ? 32 : 128) &&
           tun_add_address(name, &address, (unsigned)bits) == OK;
}

/* Takes the words of one side. */
static bool open_side(struct side *side, const struct options *o, char ***words, unsigned number)
{
    char path[64];
    char **at = *words;
    if (!at[0] || !at[1] || !at[2])
        return false;
    (void)snprintf(path, sizeof(path), "/proc/%s/ns/net", at[0]);
    if (!enter(path) || tun_open(at[1], MTU, &side->tun) != OK ||
        ioctl(side->tun.fd, TUNSETOFFLOAD, 0UL) != 0)
        return false;
    const char *name = at[1];
    for (at += 2; *at && strchr(*at, '/'); at++)
        if (!give_address(name, *at))
            return false;
    *words = at;
    side->out =
        (struct direction){ .heap = calloc(HELD_MAX, sizeof(struct held)),
                            .leaves = calloc(SLOTS, sizeof(int64_t)),
                            .random = ((uint64_t)o->seed + 1) * 0x9e3779b97f4a7c15ULL + number };
    return side->out.heap && side->out.leaves;
}

/* ---- the loop ---- */

static void take_packets(struct side *side, const struct options *o, struct span room)
{
    struct tun_packet packet;
    for (int i = 0; i < BATCH && tun_read(&side->tun, room, &packet); i++)
        send_off(&side->out, o, packet.octets, clock_ns());
}

static void run(struct side sides[SIDES], const struct options *o)
{
    static uint8_t octets[TUN_ROOM];
    struct pollfd polled[] = { { .fd = sides[0].tun.fd, .events = POLLIN },
                               { .fd = sides[1].tun.fd, .events = POLLIN },
                               { .fd = STDIN_FILENO, .events = POLLIN } };
    while (!polled[SIDES].revents) {
        int64_t now = clock_ns(), until = now + SECOND_NS;
        for (int i = 0; i < SIDES; i++) {
            deliver(&sides[i].out, &sides[1 - i].tun, now);
            if (sides[i].out.count > 0 && sides[i].out.heap[0].due_ns < until)
                until = sides[i].out.heap[0].due_ns;
        }
        struct timespec wait = { 0, until > now ? until - now : 0 };
        if (wait.tv_nsec >= SECOND_NS)
            wait = (struct timespec){ 1, 0 };
        if (ppoll(polled, SIDES + 1, &wait, NULL) <= 0)
            continue;
        for (int i = 0; i < SIDES; i++)
            if (polled[i].revents)
                take_packets(&sides[i], o, (struct span){ octets, sizeof(octets) });
    }
}

/* What may be said of it: the place of the number, and its range. */
static const struct setting {
    const char *name;
    size_t at;
    double least, most;
} settings[] = {
    { "delay-ms", offsetof(struct options, delay_ms), 0, TRAVEL_MS_MAX },
    { "jitter-ms", offsetof(struct options, jitter_ms), 0, TRAVEL_MS_MAX },
    { "rate-mbit", offsetof(struct options, rate_mbit), 0, 1e6 },
    { "queue", offsetof(struct options, queue), 1, SLOTS - 1 },
    { "loss", offsetof(struct options, loss), 0, 100 },
    { "reorder", offsetof(struct options, reorder), 0, 100 },
    { "reorder-ms", offsetof(struct options, reorder_ms), 0, TRAVEL_MS_MAX },
    { "duplicate", offsetof(struct options, duplicate), 0, 100 },
    { "seed", offsetof(struct options, seed), 0, UINT32_MAX },
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

/* All of it has to be a number, and one in the range: not a number is none. */
static bool take_number(const struct setting *setting, const char *text, struct options *o)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= setting->least && number <= setting->most)) {
        (void)fprintf(stderr, "--%s %s: a number from %g to %g\n", setting->name, text,
                      setting->least, setting->most);
        return false;
    }
    memcpy((char *)o + setting->at, &number, sizeof(number));
    return true;
}

static bool take_options(int argc, char **argv, struct options *o)
{
    struct option known[SETTINGS + 1] = { 0 };
    for (int i = 0; i < SETTINGS; i++)
        known[i] = (struct option){ settings[i].name, required_argument, NULL, 'a' + i };
    *o = (struct options){ .queue = 1000, .reorder_ms = 5 };
    for (int option; (option = getopt_long(argc, argv, "+", known, NULL)) != -1;)
        if (option == '?' || !take_number(&settings[option - 'a'], optarg, o))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    struct options options;
    static struct side sides[SIDES];
    if (!take_options(argc, argv, &options)) {
        (void)fprintf(
            stderr, "usage: tun_link [options] PID NAME ADDRESS/PREFIX PID NAME ADDRESS/PREFIX\n");
        return 2;
    }
    char **words = argv + optind;
    for (unsigned i = 0; i < SIDES; i++)
        if (!open_side(&sides[i], &options, &words, i))
            return fail(i == 0 ? "the first side" : "the second side");
    (void)puts("ready");
    (void)fflush(stdout);
    run(sides, &options);
    for (int i = 0; i < SIDES; i++) {
        const struct direction *d = &sides[i].out;
        (void)printf("passed %lu lost %lu dropped %lu duplicated %lu reordered %lu\n", d->passed,
                     d->lost, d->dropped, d->duplicated, d->reordered);
    }
    return 0;
}
