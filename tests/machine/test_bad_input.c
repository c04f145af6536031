/* SPDX-License-Identifier: BSD-2-Clause */
/* Well-formed or not, what no honest peer sends: each gets the reason that it deserves, and what comes
 * before the host key is proven never becomes a question to a person. Which message may come when is in
 * test_state_table.c, how much of it in test_budgets.c. */
#include "base/writer.h"
#include "machine/stage.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/kex_share.h"
#include "ssh/msg/kexinit.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_request.h"
#include "ssh/reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PAYLOAD_MAX = 256 * 1024, FINE = 0 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The reason of the DISCONNECT that ended it, FINE when it goes on; told to nobody either way. */
static uint32_t reason_of(struct stage_reaction reaction)
{
    uint32_t reason = FINE;
    if (reaction.err != OK) {
        struct disconnect disconnect;
        assert_int_equal(reaction.packets, 1);
        assert_int_equal(disconnect_decode(buf_bytes(&reaction.first), NULL, &disconnect), OK);
        reason = disconnect.reason;
        assert_false(reaction.has_event);
    }
    buf_wipe(&reaction.first);
    return reason;
}

static uint32_t reason_for(enum role role, enum legality_phase phase, struct bytes payload)
{
    struct stage s;
    stage_init(&s, role, phase);
    uint32_t reason = reason_of(stage_feed(&s, payload));
    stage_wipe(&s);
    return reason;
}

/* ---- packets ---- */

static void lengths_in_the_clear_are_protocol_errors(void **state)
{
    (void)state;
    static const uint32_t lengths[] = { 0, 1, 4, 5, 11, 35001, 262149, 0x7fffffff, 0xffffffff };
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        for (size_t i = 0; i < COUNT(lengths); i++) {
            struct stage s;
            stage_init(&s, role, LEGALITY_KEXINIT);
            uint8_t octets[64] = { (uint8_t)(lengths[i] >> 24), (uint8_t)(lengths[i] >> 16),
                                   (uint8_t)(lengths[i] >> 8), (uint8_t)lengths[i] };
            const struct span packet = { octets, sizeof(octets) };
            assert_int_equal(reason_of(stage_feed_octets(&s, packet)),
                             SSH_DISCONNECT_PROTOCOL_ERROR);
            stage_wipe(&s);
        }
    }
}

static void a_changed_bit_anywhere_is_a_mac_error(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        stage_init(&s, role, LEGALITY_OPEN);
        scoped(buf) whole = BUF_EMPTY(PAYLOAD_MAX);
        stage_seal(&s, BYTES_LITERAL("\2\0\0\0\3abc"), &whole);
        for (size_t at = 4; at < buf_len(&whole); at++) {
            scoped(buf) wire = BUF_EMPTY(PAYLOAD_MAX);
            assert_int_equal(buf_append(&wire, buf_bytes(&whole)), OK);
            wire.data[at] ^= (uint8_t)(1 << at % 8);
            const struct span packet = { wire.data, buf_len(&wire) };
            assert_int_equal(reason_of(stage_feed_octets(&s, packet)), SSH_DISCONNECT_MAC_ERROR);
            stage_forget(&s);
            s.subject->transport.opener.has_length = false;
        }
        stage_wipe(&s);
    }
}

static void a_packet_without_a_message_is_an_error(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        const struct bytes empty = BYTES_LITERAL("");
        assert_int_equal(reason_for(role, LEGALITY_KEXINIT, empty), SSH_DISCONNECT_PROTOCOL_ERROR);
        assert_int_equal(reason_for(role, LEGALITY_OPEN, empty), SSH_DISCONNECT_MAC_ERROR);
    }
}

/* ---- KEXINIT ---- */

/* What a test changes in the peer's own KEXINIT. */
struct kexinit_change {
    const char *what;
    enum kexinit_list list;
    struct bytes names;
    uint32_t reserved;
    bool has_zero_cookie;
    size_t cut, more; /* octets less or more at the end */
    uint32_t reason;
};

static uint32_t reason_for_kexinit(enum role role, const struct kexinit_change *change)
{
    static const uint8_t zeros[KEXINIT_COOKIE_LEN + 64];
    struct stage s;
    struct kexinit kexinit;
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    stage_init(&s, role, LEGALITY_KEXINIT);
    struct bytes own = buf_bytes(&s.peer->transport.kex.my_kexinit);
    assert_int_equal(kexinit_decode(own, NULL, &kexinit), OK);
    if (change->names.data)
        kexinit.list[change->list] = change->names;
    if (change->has_zero_cookie)
        kexinit.cookie = bytes_of(zeros, KEXINIT_COOKIE_LEN);
    kexinit.reserved = change->reserved;
    assert_int_equal(kexinit_encode(&payload, &kexinit), OK);
    assert_int_equal(buf_append(&payload, bytes_of(zeros, change->more)), OK);
    buf_truncate(&payload, buf_len(&payload) - change->cut);
    uint32_t reason = reason_of(stage_feed(&s, buf_bytes(&payload)));
    stage_wipe(&s);
    return reason;
}

static void check_kexinit(const struct kexinit_change *change)
{
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        uint32_t reason = reason_for_kexinit(role, change);
        if (reason != change->reason)
            fail_msg("%s: reason %u instead of %u", change->what, reason, change->reason);
    }
}

static void a_kexinit_is_read_as_the_rfc_says_or_not_at_all(void **state)
{
    (void)state;
    static uint8_t letters[36000];
    memset(letters, 'x', sizeof(letters));
    scoped(buf) many = BUF_EMPTY(PAYLOAD_MAX);
    for (size_t i = 0; i <= KEXINIT_NAMES_MAX; i++)
        assert_int_equal(buf_format(&many, "%s%zu", i ? "," : "", i), OK);
    const enum kexinit_list language = KEXINIT_LANGUAGE_TO_CLIENT;
    const struct kexinit_change changes[] = {
        { .what = "as it is" },
        { .what = "a reserved number", .reserved = 0xffffffff },
        { .what = "a cookie of zeros", .has_zero_cookie = true },
        { "an empty name", language, BYTES_LITERAL("a,,b"), 0, 0, 0, 0, 2 },
        { "a comma behind the last name", language, BYTES_LITERAL("a,"), 0, 0, 0, 0, FINE },
        { "an empty name at the end", language, BYTES_LITERAL("a,,"), 0, 0, 0, 0, 2 },
        { "a name of 65 octets", language, bytes_of(letters, 65), 0, 0, 0, 0, 2 },
        { "a name that is no ASCII", language, BYTES_LITERAL("\xc3\xa9"), 0, 0, 0, 0, 2 },
        { "a NUL", language, BYTES_LITERAL("a\0b"), 0, 0, 0, 0, 2 },
        { "257 names", language, buf_bytes(&many), 0, 0, 0, 0, 2 },
        { "35,000 octets", language, bytes_of(letters, sizeof(letters)), 0, 0, 0, 0, 2 },
        { .what = "an octet more", .more = 1, .reason = 2 },
        { .what = "an eleventh list", .more = 4, .reason = 2 },
        { .what = "an octet less", .cut = 1, .reason = 2 },
        { .what = "only nine lists", .cut = 9, .reason = 2 },
    };
    for (size_t i = 0; i < COUNT(changes); i++)
        check_kexinit(&changes[i]);
}

static void without_a_common_algorithm_the_exchange_has_failed(void **state)
{
    (void)state;
    for (enum kexinit_list list = KEXINIT_KEX; list < KEXINIT_LANGUAGE_TO_SERVER; list++) {
        bool is_mac = list == KEXINIT_MAC_TO_SERVER || list == KEXINIT_MAC_TO_CLIENT;
        const struct kexinit_change unknown = { "nothing in common", list,
                                                BYTES_LITERAL("nothing@example"), 0, 0, 0, 0,
                                                /* the cipher there needs no MAC */
                                                is_mac ? FINE
                                                       : SSH_DISCONNECT_KEY_EXCHANGE_FAILED };
        check_kexinit(&unknown);
    }
    const struct kexinit_change marks = {
        "only marks in common",
        KEXINIT_KEX,
        BYTES_LITERAL("ext-info-c,ext-info-s,kex-strict-c-v00@openssh.com,"
                      "kex-strict-s-v00@openssh.com,kex-strict-c,kex-strict-s"),
        0,
        0,
        0,
        0,
        SSH_DISCONNECT_KEY_EXCHANGE_FAILED
    };
    check_kexinit(&marks);
}

/* ---- shares and host keys ---- */

/* Public values of X25519 whose secret is zero, RFC 7748 section 7, and values of a wrong length. */
static const struct bytes bad_shares[] = {
    BYTES_LITERAL("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    BYTES_LITERAL("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    BYTES_LITERAL("\xe0\xeb\x7a\x7c\x3b\x41\xb8\xae\x16\x56\xe3\xfa\xf1\x9f\xc4\x6a"
                  "\xda\x09\x8d\xeb\x9c\x32\xb1\xfd\x86\x62\x05\x16\x5f\x49\xb8\x00"),
    BYTES_LITERAL("\x5f\x9c\x95\xbc\xa3\x50\x8c\x24\xb1\xd0\xb1\x55\x9c\x83\xef\x5b"
                  "\x04\x44\x5c\xc4\x58\x1c\x8e\x86\xd8\x22\x4e\xdd\xd0\x9f\x11\x57"),
    BYTES_LITERAL("\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    BYTES_LITERAL("\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    BYTES_LITERAL("\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
    BYTES_LITERAL(""),
    BYTES_LITERAL("\x09"),
    BYTES_LITERAL("\x09xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    BYTES_LITERAL("\x09xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
};

static void a_share_without_a_secret_fails_the_exchange(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_shares); i++) {
        scoped(buf) init = BUF_EMPTY(PAYLOAD_MAX);
        const struct kex_share_init share = { bad_shares[i] };
        assert_int_equal(kex_share_encode_init(&init, &share), OK);
        assert_int_equal(reason_for(ROLE_SERVER, LEGALITY_KEX, buf_bytes(&init)),
                         SSH_DISCONNECT_KEY_EXCHANGE_FAILED);

        scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
        const struct kex_share_reply reply = { BYTES_LITERAL("key"), bad_shares[i],
                                               BYTES_LITERAL("signature") };
        assert_int_equal(kex_share_encode_reply(&payload, &reply), OK);
        assert_int_equal(reason_for(ROLE_CLIENT, LEGALITY_KEX, buf_bytes(&payload)),
                         SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
    }
}

/* The share is good, so that only the key and the signature decide. */
static void a_host_key_that_did_not_sign_is_never_asked_about(void **state)
{
    (void)state;
    static const uint8_t share[32] = { 9 };
    static const struct bytes keys[] = {
        BYTES_LITERAL(""),
        BYTES_LITERAL("\0\0\0\13ssh-ed25519"),
        BYTES_LITERAL("\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\0\xff"),
        BYTES_LITERAL("\0\0\0\40ssh-ed25519-cert-v01@openssh.com"),
    };
    static const struct bytes signatures[] = {
        BYTES_LITERAL(""),
        BYTES_LITERAL("\0\0\0\13ssh-ed25519\0\0\0\0"),
        BYTES_LITERAL("\0\0\0\7ssh-rsa\0\0\0\4abcd"),
    };
    for (size_t key = 0; key <= COUNT(keys); key++) {
        for (size_t i = 0; i < COUNT(signatures); i++) {
            struct stage s;
            stage_init(&s, ROLE_CLIENT, LEGALITY_KEX);
            struct bytes honest = private_key_public_blob(s.key);
            scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
            const struct kex_share_reply reply = { key < COUNT(keys) ? keys[key] : honest,
                                                   bytes_of(share, sizeof(share)), signatures[i] };
            assert_int_equal(kex_share_encode_reply(&payload, &reply), OK);
            assert_int_equal(reason_of(stage_feed(&s, buf_bytes(&payload))),
                             SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
            stage_wipe(&s);
        }
    }
}

/* ---- services ---- */

static uint32_t reason_for_service(struct bytes name)
{
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    struct writer w = writer_to(&payload);
    writer_u8(&w, SSH_MSG_SERVICE_REQUEST);
    writer_string(&w, name);
    assert_int_equal(writer_end(&w), OK);
    return reason_for(ROLE_SERVER, LEGALITY_SERVICE, buf_bytes(&payload));
}

static void a_service_that_is_not_there_is_named_as_that(void **state)
{
    (void)state;
    static const uint8_t letters[34 * 1024];
    const struct bytes none = BYTES_LITERAL("");
    assert_int_equal(reason_for_service(BYTES_LITERAL("ssh-userauth")), FINE);
    assert_int_equal(reason_for_service(BYTES_LITERAL("ssh-connection")),
                     SSH_DISCONNECT_SERVICE_NOT_AVAILABLE);
    assert_int_equal(reason_for_service(none), SSH_DISCONNECT_SERVICE_NOT_AVAILABLE);
    assert_int_equal(reason_for_service(bytes_of(letters, sizeof(letters))),
                     SSH_DISCONNECT_PROTOCOL_ERROR);
}

static void a_login_to_another_service_is_one_that_is_not_there(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    const struct userauth_request request = { .user = BYTES_LITERAL("alice"),
                                              .service = BYTES_LITERAL("ssh-userauth") };
    assert_int_equal(userauth_request_encode(&payload, &request), OK);
    assert_int_equal(reason_for(ROLE_SERVER, LEGALITY_AUTH_IDLE, buf_bytes(&payload)),
                     SSH_DISCONNECT_SERVICE_NOT_AVAILABLE);
}

/* ---- the end ---- */

/* The owner may still be asking elsewhere when the time for the login is over. */
static void an_answer_that_comes_too_late_lets_nobody_in(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, ROLE_SERVER, LEGALITY_AUTH_IDLE);
    scoped(buf) payload = BUF_EMPTY(PAYLOAD_MAX);
    const struct userauth_request request = { .user = BYTES_LITERAL("alice"),
                                              .service = BYTES_LITERAL("ssh-connection"),
                                              .method = USERAUTH_REQUEST_PASSWORD,
                                              .password = BYTES_LITERAL("secret") };
    assert_int_equal(userauth_request_encode(&payload, &request), OK);
    struct stage_reaction reaction = stage_feed(&s, buf_bytes(&payload));
    assert_int_equal(reaction.event, CONNECTION_ASK_LOGIN);
    buf_wipe(&reaction.first);

    s.subject->login_by = (struct instant){ 1 };
    assert_int_equal(connection_expire(s.subject, (struct instant){ 1 }), ERR_TIMEOUT);
    size_t farewell = connection_output(s.subject).len;
    connection_answer_login(s.subject, CONNECTION_LOGIN_ACCEPTED);
    struct connection_event event;
    assert_false(connection_next(s.subject, &event));
    assert_false(connection_is_authenticated(s.subject));
    assert_int_equal(connection_output(s.subject).len, farewell);
    stage_wipe(&s);
}

static void nothing_follows_a_disconnect(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        stage_init(&s, role, LEGALITY_OPEN);
        stage_open_channel(&s);
        connection_disconnect(s.subject, SSH_DISCONNECT_BY_APPLICATION, "bye");
        size_t farewell = connection_output(s.subject).len;
        assert_true(farewell > 0);
        assert_int_equal(connection_data_copy(s.subject, 0, 0, BYTES_LITERAL("data")), 0);
        connection_global_request(s.subject, "some@example", true, BYTES_NONE);
        connection_eof(s.subject, 0);
        connection_close(s.subject, 0);
        assert_int_equal(connection_output(s.subject).len, farewell);
        stage_wipe(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_in_the_clear_are_protocol_errors),
        cmocka_unit_test(a_changed_bit_anywhere_is_a_mac_error),
        cmocka_unit_test(a_packet_without_a_message_is_an_error),
        cmocka_unit_test(a_kexinit_is_read_as_the_rfc_says_or_not_at_all),
        cmocka_unit_test(without_a_common_algorithm_the_exchange_has_failed),
        cmocka_unit_test(a_share_without_a_secret_fails_the_exchange),
        cmocka_unit_test(a_host_key_that_did_not_sign_is_never_asked_about),
        cmocka_unit_test(a_service_that_is_not_there_is_named_as_that),
        cmocka_unit_test(a_login_to_another_service_is_one_that_is_not_there),
        cmocka_unit_test(an_answer_that_comes_too_late_lets_nobody_in),
        cmocka_unit_test(nothing_follows_a_disconnect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
