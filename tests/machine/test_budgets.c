/* SPDX-License-Identifier: BSD-2-Clause */
/* What costs us and brings nothing, sent until it is too much: the limits of budget.def, and what has to
 * wait for the end of a key exchange. */
#include "base/writer.h"
#include "machine/stage.h"
#include "ssh/legality.h"
#include "ssh/limits.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/notice.h"
#include "ssh/msg/ping.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"
#include "ssh/msg/userauth_request.h"
#include "ssh/reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The table's figures once more, so that a change of them is noticed. */
enum {
    PACKETS = 512,
    IDLE_BEFORE = 32,
    IDLE_AFTER = 1024,
    IDLE_OCTETS_AFTER = 8 << 20,
    UNKNOWN_BEFORE = 8,
    UNKNOWN_AFTER = 64,
    LATE_LOGINS = 32,
    ROUNDS = 16,
    BANNER_OCTETS = 64 << 10,
    PONGS = 1024,
    REQUESTS = 256,
    WINDOW_MS = 10000,
    FOR_EVER = 100000
};

static enum err feed(struct stage *s, struct bytes payload)
{
    struct stage_reaction reaction = stage_feed(s, payload);
    if (reaction.err == ERR_OVER_BUDGET) {
        struct disconnect disconnect;
        assert_int_equal(reaction.packets, 1);
        assert_int_equal(disconnect_decode(buf_bytes(&reaction.first), NULL, &disconnect), OK);
        assert_int_equal(disconnect.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
    }
    buf_wipe(&reaction.first);
    return reaction.err;
}

/* How many are taken before one is too many. */
static size_t taken(struct stage *s, struct bytes payload)
{
    for (size_t count = 0; count < FOR_EVER; count++) {
        enum err err = feed(s, payload);
        if (err == OK)
            continue;
        assert_int_equal(err, ERR_OVER_BUDGET);
        return count;
    }
    return FOR_EVER;
}

static size_t taken_in(enum role role, enum legality_phase phase, struct bytes payload)
{
    struct stage s;
    stage_init(&s, role, phase);
    size_t count = taken(&s, payload);
    stage_wipe(&s);
    return count;
}

static void ignored_messages_are_few_before_the_login_and_more_after_it(void **state)
{
    (void)state;
    static const struct bytes idle[] = {
        BYTES_LITERAL("\2\0\0\0\0"),           /* IGNORE */
        BYTES_LITERAL("\4\0\0\0\0\0\0\0\0\0"), /* DEBUG */
        BYTES_LITERAL("\3\xff\xff\xff\xff"),   /* UNIMPLEMENTED, of a packet that was never sent */
        BYTES_LITERAL("\xc1\0\0\0\0"),         /* PONG */
    };
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
            assert_int_equal(taken_in(role, LEGALITY_AUTH_IDLE, idle[i]), IDLE_BEFORE);
            assert_int_equal(taken_in(role, LEGALITY_OPEN, idle[i]), IDLE_AFTER);
        }
        /* Answers to nothing. */
        assert_int_equal(taken_in(role, LEGALITY_OPEN, BYTES_LITERAL("\x52")), IDLE_AFTER);
    }
}

static void what_is_ignored_may_come_again_after_a_while(void **state)
{
    (void)state;
    const struct bytes ignore = BYTES_LITERAL("\2\0\0\0\0");
    struct stage s;
    stage_init(&s, ROLE_SERVER, LEGALITY_OPEN);
    for (int64_t round = 1; round <= 3; round++) {
        for (int i = 0; i < IDLE_AFTER; i++)
            assert_int_equal(feed(&s, ignore), OK);
        assert_int_equal(connection_expire(s.subject, (struct instant){ round * WINDOW_MS * 1000 }),
                         OK);
    }
    assert_int_equal(taken(&s, ignore), IDLE_AFTER);
    stage_wipe(&s);
}

static void ignored_octets_are_counted_too(void **state)
{
    (void)state;
    static uint8_t large[250 * 1024] = { SSH_MSG_IGNORE };
    const size_t small = 33 * 1024;
    size_t before = taken_in(ROLE_SERVER, LEGALITY_AUTH_IDLE, bytes_of(large, small));
    assert_in_range(before * small, 900 * 1024, 1024 * 1024);
    size_t after = taken_in(ROLE_SERVER, LEGALITY_OPEN, bytes_of(large, sizeof(large)));
    assert_int_equal(after, IDLE_OCTETS_AFTER / sizeof(large));
}

static void numbers_without_a_meaning_are_answered_so_often(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        const struct bytes unknown = BYTES_LITERAL("\xc8");
        assert_int_equal(taken_in(role, LEGALITY_AUTH_IDLE, unknown), UNKNOWN_BEFORE);
        assert_int_equal(taken_in(role, LEGALITY_OPEN, unknown), UNKNOWN_AFTER);
    }
}

/* Of the packets before the login some were the key exchange's. */
static void a_login_has_so_many_packets(void **state)
{
    (void)state;
    scoped(buf) service = BUF_EMPTY(1000);
    const struct service request = { SSH_MSG_SERVICE_REQUEST, BYTES_LITERAL("ssh-userauth") };
    assert_int_equal(service_encode(&service, &request), OK);
    size_t server = taken_in(ROLE_SERVER, LEGALITY_AUTH_IDLE, buf_bytes(&service));
    assert_in_range(server, PACKETS - 8, PACKETS - 1);

    const struct bytes empty_banner = BYTES_LITERAL("\x35\0\0\0\0\0\0\0\0");
    size_t client = taken_in(ROLE_CLIENT, LEGALITY_AUTH_SIGNED, empty_banner);
    assert_in_range(client, PACKETS - 8, PACKETS - 1);
}

static void a_banner_has_an_end(void **state)
{
    (void)state;
    static const uint8_t octets[16 * 1024];
    scoped(buf) payload = BUF_EMPTY(STAGE_PAYLOAD_MAX);
    const struct userauth_reply_banner banner = { bytes_of(octets, sizeof(octets)), BYTES_NONE };
    assert_int_equal(userauth_reply_encode_banner(&payload, &banner), OK);
    assert_int_equal(taken_in(ROLE_CLIENT, LEGALITY_AUTH_SIGNED, buf_bytes(&payload)),
                     BANNER_OCTETS / sizeof(octets));
}

static void questions_have_an_end(void **state)
{
    (void)state;
    const struct bytes nothing_asked = BYTES_LITERAL("\x3c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_int_equal(taken_in(ROLE_CLIENT, LEGALITY_AUTH_INTERACTIVE, nothing_asked), ROUNDS);
}

static void a_client_that_has_logged_in_may_not_know_it_for_long(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(1000);
    const struct userauth_request none = { .user = BYTES_LITERAL("alice"),
                                           .service = BYTES_LITERAL("ssh-connection") };
    assert_int_equal(userauth_request_encode(&payload, &none), OK);
    assert_int_equal(taken_in(ROLE_SERVER, LEGALITY_OPEN, buf_bytes(&payload)), LATE_LOGINS);
}

static void requests_without_effect_have_an_end(void **state)
{
    (void)state;
    const struct bytes request = BYTES_LITERAL("\x50\0\0\0\1x\1");
    assert_int_equal(taken_in(ROLE_CLIENT, LEGALITY_OPEN, request), REQUESTS);
    assert_int_equal(taken_in(ROLE_SERVER, LEGALITY_OPEN, request), REQUESTS);
}

static struct bytes large_ping(struct buf *payload)
{
    static const uint8_t octets[PING_ANSWER_MAX];
    const struct ping ping = { SSH_MSG_PING, bytes_of(octets, sizeof(octets)) };
    assert_int_equal(ping_encode(payload, &ping), OK);
    return buf_bytes(payload);
}

static void pings_are_answered_so_often(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(STAGE_PAYLOAD_MAX);
    struct bytes ping = large_ping(&payload);
    assert_int_equal(taken_in(ROLE_CLIENT, LEGALITY_OPEN, ping), PONGS);
    assert_int_equal(taken_in(ROLE_SERVER, LEGALITY_OPEN, ping), PONGS);
}

/* A peer that never answers our KEXINIT, but says what has to be answered behind it. */
static void what_waits_for_a_key_exchange_is_bounded(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(STAGE_PAYLOAD_MAX);
    struct bytes ping = large_ping(&payload);
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        stage_init(&s, role, LEGALITY_OPEN);
        connection_rekey(s.subject);
        enum err err = OK;
        int64_t now_us = 0;
        size_t count = 0;
        for (; count < LIMITS_HELD / PING_ANSWER_MAX + 2 && err == OK; count++) {
            err = feed(&s, ping);
            if (count % PONGS == PONGS - 1) {
                now_us += WINDOW_MS * 1000;
                assert_int_equal(connection_expire(s.subject, (struct instant){ now_us }), OK);
            }
        }
        assert_int_equal(err, ERR_OVER_BUDGET);
        assert_in_range(count, LIMITS_HELD / (PING_ANSWER_MAX + 16), LIMITS_HELD / PING_ANSWER_MAX);
        stage_wipe(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignored_messages_are_few_before_the_login_and_more_after_it),
        cmocka_unit_test(what_is_ignored_may_come_again_after_a_while),
        cmocka_unit_test(ignored_octets_are_counted_too),
        cmocka_unit_test(numbers_without_a_meaning_are_answered_so_often),
        cmocka_unit_test(a_login_has_so_many_packets),
        cmocka_unit_test(a_banner_has_an_end),
        cmocka_unit_test(questions_have_an_end),
        cmocka_unit_test(a_client_that_has_logged_in_may_not_know_it_for_long),
        cmocka_unit_test(requests_without_effect_have_an_end),
        cmocka_unit_test(pings_are_answered_so_often),
        cmocka_unit_test(what_waits_for_a_key_exchange_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
