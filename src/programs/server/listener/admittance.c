/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/admittance.h"

#include "admission/crowd.h"
#include "base/address.h"
#include "base/buf.h"
#include "base/check.h"
#include "config/server_options.h"
#include "ipc/record.h"
#include "os/clock.h"
#include "programs/server/common/log.h"
#include "programs/server/listener/startups.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

enum { PENALTY_LEN_MAX = 64 };

struct admittance {
    const struct server_options *options;
    struct crowd *crowd; /* of connections that have not logged in */
    struct penalties *penalties;
    bool is_throttling;
    int told_fd; /* or -1 */
};

static uint64_t random_number(void)
{
    uint64_t number = 0;
    CHECK(getrandom(&number, sizeof(number), 0) == sizeof(number));
    return number;
}

struct admittance_visitor admittance_visitor_of(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    struct bytes octets = BYTES_NONE;
    if (address->ss_family == AF_INET)
        octets = bytes_of(&v4->sin_addr, sizeof(v4->sin_addr));
    else if (address->ss_family == AF_INET6)
        octets = bytes_of(&v6->sin6_addr, sizeof(v6->sin6_addr));
    return (struct admittance_visitor){
        .source = source_of(octets),
        .peer = endpoint_of((const struct sockaddr *)address, sizeof(*address)),
    };
}

size_t admittance_most(int64_t wanted)
{
    return wanted < ADMITTANCE_MOST ? (size_t)wanted : ADMITTANCE_MOST;
}

static struct penalties_rules rules_of(const struct server_options *options)
{
    const struct option_penalties *given = &options->per_source_penalties;
    return (struct penalties_rules){
        .are_enabled = !given->is_off,
        .ms = { [PENALTIES_CRASH] = given->crash,
                [PENALTIES_AUTHFAIL] = given->authfail,
                [PENALTIES_INVALIDUSER] = given->invaliduser,
                [PENALTIES_REFUSECONNECTION] = given->refuseconnection,
                [PENALTIES_NOAUTH] = given->noauth,
                [PENALTIES_GRACE_EXCEEDED] = given->grace_exceeded },
        .max_ms = given->max,
        .min_ms = given->min,
        .max_sources4 = admittance_most(given->max_sources4),
        .max_sources6 = admittance_most(given->max_sources6),
        .overflow4 = given->overflow_denies ? PENALTIES_DENY_ALL : PENALTIES_PERMISSIVE,
        .overflow6 = given->overflow6_denies ? PENALTIES_DENY_ALL : PENALTIES_PERMISSIVE,
        .v4_bits = (unsigned)options->per_source_net_block_size.ipv4,
        .v6_bits = (unsigned)options->per_source_net_block_size.ipv6,
    };
}

struct admittance *admittance_new(const struct server_options *options)
{
    struct admittance *a = calloc(1, sizeof(*a));
    CHECK(a);
    const struct penalties_rules rules = rules_of(options);
    const struct crowd_setup crowd = { admittance_most(options->max_startups.full), rules.v4_bits,
                                       rules.v6_bits, random_number() };
    a->options = options;
    a->told_fd = -1;
    a->crowd = crowd_new(&crowd);
    a->penalties = penalties_new(&rules, random_number());
    return a;
}

void admittance_free(struct admittance *a)
{
    if (!a)
        return;
    crowd_free(a->crowd);
    penalties_free(a->penalties);
    free(a);
}

static bool is_exempt(const struct admittance *a, const struct admittance_visitor *visitor)
{
    const char *list = a->options->per_source_penalty_exempt_list;
    return list && strcmp(list, "none") != 0 &&
           address_list(bytes_text(visitor->peer.address), bytes_text(list)) == PATTERN_MATCH;
}

static bool is_one_too_many(struct admittance *a, int count)
{
    const struct option_startups *limits = &a->options->max_startups;
    bool refused = startups_refuses(limits, count, (uint32_t)random_number());
    if (refused != a->is_throttling && (refused || count < limits->begin)) {
        a->is_throttling = refused;
        LOG(THROTTLED, .begins = events_flag(refused));
    }
    return refused;
}

enum admittance_verdict admittance_ask(struct admittance *a,
                                       const struct admittance_visitor *visitor, int count,
                                       const char **reason)
{
    int most = a->options->per_source_max_startups;
    *reason = "past MaxStartups";
    if (is_one_too_many(a, count))
        return ADMITTANCE_TOO_MANY;
    *reason = "past PerSourceMaxStartups";
    if (most >= 0 && crowd_count(a->crowd, &visitor->source) >= (size_t)most)
        return ADMITTANCE_CROWDED;
    if (!is_exempt(a, visitor) &&
        penalties_refuses(a->penalties, &visitor->source, clock_now(), reason))
        return ADMITTANCE_PENALTY;
    return ADMITTANCE_GRANTED;
}

void admittance_enter(struct admittance *a, const struct admittance_visitor *visitor)
{
    crowd_enter(a->crowd, &visitor->source);
}

void admittance_leave(struct admittance *a, const struct admittance_visitor *visitor)
{
    crowd_leave(a->crowd, &visitor->source);
}

/* Never blocks: a record that does not fit is lost. */
static void tell(const struct admittance *a, const struct source *source,
                 enum penalties_class class)
{
    scoped(buf) datagram = BUF_EMPTY(PENALTY_LEN_MAX);
    const struct record record = { RECORD_PENALTY,
                                   { class },
                                   { bytes_of(source->octets, source->len) } };
    enum err err = record_encode(&record, &datagram);
    CHECK(err == OK);
    (void)send(a->told_fd, datagram.data + datagram.start, buf_len(&datagram),
               MSG_DONTWAIT | MSG_NOSIGNAL);
}

void admittance_tell(struct admittance *a, int fd)
{
    a->told_fd = fd;
}

void admittance_hear(struct admittance *a, int fd)
{
    uint8_t room[PENALTY_LEN_MAX];
    struct record record;
    struct record_gate gate = { 0 };
    ssize_t len;
    while ((len = recv(fd, room, sizeof(room), MSG_DONTWAIT)) > 0) {
        if (record_decode(bytes_of(room, (size_t)len), &record) != OK ||
            record_admit(&gate, record.type, RECORD_LISTENER, RECORD_LISTENER) != OK ||
            record.numbers[0] >= PENALTIES_CLASS_COUNT)
            continue;
        const struct source source = source_of(record.texts[0]);
        (void)penalties_add(a->penalties, &source, record.numbers[0], clock_now());
    }
}

bool admittance_penalty(const struct admittance *a, size_t place, struct penalties_entry *entry)
{
    return penalties_at(a->penalties, place, entry);
}

void admittance_restore(struct admittance *a, const struct penalties_entry *entry)
{
    penalties_restore(a->penalties, entry, clock_now());
}

void admittance_penalise(struct admittance *a, const struct admittance_visitor *visitor,
                         enum penalties_class class)
{
    if (is_exempt(a, visitor) || !penalties_add(a->penalties, &visitor->source, class, clock_now()))
        return;
    if (a->told_fd >= 0)
        tell(a, &visitor->source, class);
    log_verbose("%s is given a %s", visitor->peer.address, penalties_reason(class));
}

void admittance_judge(struct admittance *a, const struct admittance_visitor *visitor,
                      enum outcome outcome)
{
    static const struct {
        enum outcome outcome;
        enum penalties_class class;
    } classes[] = {
        { OUTCOME_NO_ATTEMPT, PENALTIES_NOAUTH },
        { OUTCOME_GRACE_EXCEEDED, PENALTIES_GRACE_EXCEEDED },
        { OUTCOME_CRASH, PENALTIES_CRASH },
        { OUTCOME_FAILED_LOGIN, PENALTIES_AUTHFAIL },
        { OUTCOME_INVALID_USER, PENALTIES_INVALIDUSER },
    };
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].outcome == outcome)
            admittance_penalise(a, visitor, classes[i].class);
}
