/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages about messages: what a peer says that it does not know, and what it says of its extensions. */
#include "base/writer.h"
#include "machine/stage.h"
#include "ssh/msg/ext_info.h"
#include "ssh/msg/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PAYLOAD_MAX = 1024 };

static enum err feed_unimplemented(struct stage *s, uint32_t sequence)
{
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    const struct notice_unimplemented notice = { sequence };
    assert_int_equal(notice_encode_unimplemented(&payload, &notice), OK);
    struct stage_reaction reaction = stage_feed(s, buf_bytes(&payload));
    buf_wipe(&reaction.first);
    return reaction.err;
}

static enum err feed_ext_info(struct stage *s)
{
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    struct ext_info info = { 0 };
    ext_info_add(&info, "server-sig-algs", BYTES_LITERAL("ssh-ed25519"));
    assert_int_equal(ext_info_encode(&payload, &info), OK);
    struct stage_reaction reaction = stage_feed(s, buf_bytes(&payload));
    buf_wipe(&reaction.first);
    return reaction.err;
}

/* The sequence number of the packet that the subject sends next. */
static uint32_t next_sequence(const struct stage *s)
{
    return s->subject->transport.sealer.sequence;
}

static void a_peer_may_lack_what_is_optional(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, ROLE_CLIENT, LEGALITY_OPEN);
    uint32_t sequence = next_sequence(&s);
    connection_global_request(s.subject, "some@example", true, BYTES_NONE);
    assert_int_equal(next_sequence(&s), sequence + 1);
    assert_int_equal(feed_unimplemented(&s, sequence), OK);
    stage_wipe(&s);
}

static void a_peer_that_lacks_what_is_needed_is_no_peer(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        stage_init(&s, role, LEGALITY_OPEN);
        uint32_t sequence = next_sequence(&s);
        connection_rekey(s.subject); /* sends KEXINIT */
        assert_int_equal(next_sequence(&s), sequence + 1);
        assert_int_equal(feed_unimplemented(&s, sequence), ERR_BAD_STATE);
        stage_wipe(&s);
    }
}

static void a_packet_of_long_ago_or_never_may_be_anything(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, ROLE_CLIENT, LEGALITY_OPEN);
    for (int i = 0; i < 100; i++)
        connection_global_request(s.subject, "some@example", false, BYTES_NONE);
    assert_int_equal(feed_unimplemented(&s, 0), OK);
    assert_int_equal(feed_unimplemented(&s, next_sequence(&s)), OK);
    assert_int_equal(feed_unimplemented(&s, UINT32_MAX), OK);
    stage_wipe(&s);
}

static void extensions_are_told_once_behind_newkeys_and_once_in_the_login(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, ROLE_CLIENT, LEGALITY_AFTER_NEWKEYS);
    assert_int_equal(feed_ext_info(&s), OK);
    stage_wipe(&s);

    stage_init(&s, ROLE_CLIENT, LEGALITY_AUTH_SIGNED);
    assert_int_equal(feed_ext_info(&s), OK);
    assert_int_equal(feed_ext_info(&s), ERR_OVER_BUDGET);
    stage_wipe(&s);
}

static enum err feed_octets(struct stage *s, struct bytes payload)
{
    struct stage_reaction reaction = stage_feed(s, payload);
    buf_wipe(&reaction.first);
    return reaction.err;
}

static void extensions_in_the_login_stand_right_before_its_success(void **state)
{
    (void)state;
    const struct bytes success = BYTES_LITERAL("\x34");
    const struct bytes failure = BYTES_LITERAL("\x33\0\0\0\0\0");
    const struct bytes banner = BYTES_LITERAL("\x35\0\0\0\0\0\0\0\0");
    const struct bytes ignore = BYTES_LITERAL("\2\0\0\0\0");
    const struct bytes others[] = { failure, banner };
    struct stage s;
    stage_init(&s, ROLE_CLIENT, LEGALITY_AUTH_SIGNED);
    assert_int_equal(feed_ext_info(&s), OK);
    assert_int_equal(feed_octets(&s, ignore), OK);
    assert_int_equal(feed_octets(&s, success), OK);
    assert_int_equal(stage_phase(&s), LEGALITY_OPEN);
    stage_wipe(&s);

    for (size_t i = 0; i < 2; i++) {
        stage_init(&s, ROLE_CLIENT, LEGALITY_AUTH_SIGNED);
        assert_int_equal(feed_octets(&s, others[i]), OK);
        stage_wipe(&s);
        stage_init(&s, ROLE_CLIENT, LEGALITY_AUTH_SIGNED);
        assert_int_equal(feed_ext_info(&s), OK);
        assert_int_equal(feed_octets(&s, others[i]), ERR_BAD_STATE);
        stage_wipe(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_may_lack_what_is_optional),
        cmocka_unit_test(a_peer_that_lacks_what_is_needed_is_no_peer),
        cmocka_unit_test(a_packet_of_long_ago_or_never_may_be_anything),
        cmocka_unit_test(extensions_are_told_once_behind_newkeys_and_once_in_the_login),
        cmocka_unit_test(extensions_in_the_login_stand_right_before_its_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
