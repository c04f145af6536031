/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/transport/negotiate.h"

enum { NAMES_MAX = 4096 };

/* A KEXINIT with our defaults; the tests change single lists. */
static struct kexinit usual(void)
{
    struct kexinit k = { .cookie = B("0123456789abcdef") };
    k.list[KEXINIT_KEX] = B("curve25519-sha256,ecdh-sha2-nistp256");
    k.list[KEXINIT_HOST_KEY] = B("ssh-ed25519,rsa-sha2-512");
    k.list[KEXINIT_CIPHER_TO_SERVER] = B("aes128-ctr");
    k.list[KEXINIT_CIPHER_TO_CLIENT] = B("aes256-ctr");
    k.list[KEXINIT_MAC_TO_SERVER] = B("hmac-sha2-256");
    k.list[KEXINIT_MAC_TO_CLIENT] = B("hmac-sha2-512");
    k.list[KEXINIT_COMPRESSION_TO_SERVER] = B("none");
    k.list[KEXINIT_COMPRESSION_TO_CLIENT] = B("none");
    return k;
}

static struct negotiate_result chosen_by_client(const struct kexinit *ours,
                                                const struct kexinit *theirs)
{
    struct negotiate_result result;
    assert_int_equal(negotiate_choose(ROLE_CLIENT, ours, theirs, NULL, &result), OK);
    return result;
}

static void the_clients_first_common_name_wins_at_both_ends(void **state)
{
    (void)state;
    struct kexinit client = usual(), server = usual();
    client.list[KEXINIT_KEX] = B("unknown@x,ecdh-sha2-nistp521,ecdh-sha2-nistp256,ext-info-c");
    server.list[KEXINIT_KEX] = B("curve25519-sha256,ecdh-sha2-nistp256,ecdh-sha2-nistp521");
    client.list[KEXINIT_HOST_KEY] = B("rsa-sha2-512,ssh-ed25519");

    struct negotiate_result c, s;
    assert_int_equal(negotiate_choose(ROLE_CLIENT, &client, &server, NULL, &c), OK);
    assert_int_equal(negotiate_choose(ROLE_SERVER, &server, &client, NULL, &s), OK);
    assert_string_equal(c.chosen.kex, "ecdh-sha2-nistp521");
    assert_ptr_equal(s.chosen.kex, c.chosen.kex);
    assert_string_equal(c.chosen.host_key, "rsa-sha2-512");
    assert_ptr_equal(s.chosen.host_key, c.chosen.host_key);
    assert_string_equal(c.chosen.cipher_out, "aes128-ctr");
    assert_string_equal(c.chosen.cipher_in, "aes256-ctr");
    assert_string_equal(s.chosen.cipher_in, "aes128-ctr");
    assert_string_equal(s.chosen.cipher_out, "aes256-ctr");
    assert_string_equal(c.chosen.mac_out, "hmac-sha2-256");
    assert_string_equal(s.chosen.mac_out, "hmac-sha2-512");
    assert_false(c.chosen.strict || s.chosen.strict || c.chosen.is_rekey);
}

static void an_aead_cipher_needs_no_common_mac(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    ours.list[KEXINIT_CIPHER_TO_SERVER] = B("aes128-gcm@openssh.com");
    theirs.list[KEXINIT_CIPHER_TO_SERVER] = B("aes128-gcm@openssh.com");
    theirs.list[KEXINIT_MAC_TO_SERVER] = B("hmac-md5");
    struct negotiate_result result = chosen_by_client(&ours, &theirs);
    assert_string_equal(result.chosen.mac_out, "<implicit>");
    assert_string_equal(result.chosen.mac_in, "hmac-sha2-512");
}

static void the_list_without_a_common_name_is_named(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        "key exchange method", "host key type",     "cipher", "cipher", "MAC", "MAC",
        "compression method",  "compression method"
    };
    for (enum kexinit_list list = KEXINIT_KEX; list < KEXINIT_LANGUAGE_TO_SERVER; list++) {
        struct kexinit ours = usual(), theirs = usual();
        theirs.list[list] = B("something-else,kex-strict-s-v00@openssh.com,ext-info-s");
        struct negotiate_result result;
        assert_int_equal(negotiate_choose(ROLE_CLIENT, &ours, &theirs, NULL, &result),
                         ERR_NO_COMMON);
        assert_int_equal(result.missing, list);
        assert_non_null(negotiate_list_name(list));
        assert_string_equal(negotiate_list_kind(list), kinds[list]);
    }
}

static void marks_are_never_chosen(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    ours.list[KEXINIT_KEX] = B("ext-info-c,kex-strict-c,kex-strict-c-v00@openssh.com");
    theirs.list[KEXINIT_KEX] = B("ext-info-c,kex-strict-c,kex-strict-c-v00@openssh.com");
    struct negotiate_result result;
    assert_int_equal(negotiate_choose(ROLE_CLIENT, &ours, &theirs, NULL, &result), ERR_NO_COMMON);
    assert_int_equal(result.missing, KEXINIT_KEX);
}

static void languages_need_not_agree(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    theirs.list[KEXINIT_LANGUAGE_TO_CLIENT] = B("tlh");
    (void)chosen_by_client(&ours, &theirs);
}

static void strict_needs_both_marks_of_one_spelling(void **state)
{
    (void)state;
    const struct {
        struct bytes client, server;
        bool strict;
    } cases[] = {
        { B("curve25519-sha256,kex-strict-c-v00@openssh.com"),
          B("curve25519-sha256,kex-strict-s-v00@openssh.com"), true },
        { B("curve25519-sha256,kex-strict-c"), B("curve25519-sha256,kex-strict-s"), true },
        { B("curve25519-sha256,kex-strict-c"), B("curve25519-sha256,kex-strict-s-v00@openssh.com"),
          false },
        { B("curve25519-sha256,kex-strict-c-v00@openssh.com"), B("curve25519-sha256,kex-strict-s"),
          false },
        { B("curve25519-sha256,kex-strict-s"), B("curve25519-sha256,kex-strict-s"), false },
        { B("curve25519-sha256,kex-strict-c"), B("curve25519-sha256"), false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kexinit client = usual(), server = usual();
        client.list[KEXINIT_KEX] = cases[i].client;
        server.list[KEXINIT_KEX] = cases[i].server;
        assert_int_equal(chosen_by_client(&client, &server).chosen.strict, cases[i].strict);
    }
}

static void a_later_exchange_keeps_strict_and_ignores_marks(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    ours.list[KEXINIT_KEX] = B("curve25519-sha256,kex-strict-c");
    theirs.list[KEXINIT_KEX] = B("curve25519-sha256,kex-strict-s,ext-info-s");
    struct algorithms_chosen previous = { .strict = false };
    struct negotiate_result result;
    assert_int_equal(negotiate_choose(ROLE_CLIENT, &ours, &theirs, &previous, &result), OK);
    assert_false(result.chosen.strict || result.peer_takes_ext_info);
    assert_true(result.chosen.is_rekey);
    previous.strict = true;
    theirs = usual();
    assert_int_equal(negotiate_choose(ROLE_CLIENT, &ours, &theirs, &previous, &result), OK);
    assert_true(result.chosen.strict);
}

static void ext_info_goes_to_who_asked_with_the_mark_of_its_role(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    theirs.list[KEXINIT_KEX] = B("curve25519-sha256,ext-info-s");
    assert_true(chosen_by_client(&ours, &theirs).peer_takes_ext_info);
    theirs.list[KEXINIT_KEX] = B("curve25519-sha256,ext-info-c");
    assert_false(chosen_by_client(&ours, &theirs).peer_takes_ext_info);
}

static void a_guess_is_right_when_both_first_names_are_equal(void **state)
{
    (void)state;
    struct kexinit ours = usual(), theirs = usual();
    ours.follows = theirs.follows = true;
    struct negotiate_result result = chosen_by_client(&ours, &theirs);
    assert_true(result.chosen.guess_fits);
    assert_false(result.skips_next || result.guess_wrong);

    theirs.list[KEXINIT_HOST_KEY] = B("rsa-sha2-512,ssh-ed25519");
    result = chosen_by_client(&ours, &theirs);
    assert_false(result.chosen.guess_fits);
    assert_true(result.skips_next && result.guess_wrong);

    theirs = usual();
    theirs.list[KEXINIT_KEX] = B("ecdh-sha2-nistp256,curve25519-sha256");
    result = chosen_by_client(&ours, &theirs);
    assert_false(result.skips_next);
    assert_true(result.guess_wrong);
}

static void our_offer_has_the_marks_in_the_first_exchange_only(void **state)
{
    (void)state;
    struct algorithms_offer offer;
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        offer.names[c] = algorithms_default(c);
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        scoped(buf) first = BUF_EMPTY(NAMES_MAX);
        scoped(buf) later = BUF_EMPTY(NAMES_MAX);
        struct kexinit kexinit;
        bool is_client = role == ROLE_CLIENT;
        assert_int_equal(negotiate_offer(role, &offer, true, &first, &kexinit), OK);
        struct bytes names = kexinit.list[KEXINIT_KEX];
        assert_true(bytes_list_has(names, is_client ? B("ext-info-c") : B("ext-info-s")));
        assert_true(bytes_list_has(names, is_client ? B("kex-strict-c-v00@openssh.com")
                                                    : B("kex-strict-s-v00@openssh.com")));
        assert_true(bytes_list_has(names, is_client ? B("kex-strict-c") : B("kex-strict-s")));
        assert_int_equal(negotiate_offer(role, &offer, false, &later, &kexinit), OK);
        assert_true(bytes_equal(kexinit.list[KEXINIT_KEX], offer.names[ALGORITHMS_KEX]));
    }
}

static void our_two_ends_agree_on_strict_and_ext_info(void **state)
{
    (void)state;
    struct algorithms_offer offer;
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        offer.names[c] = algorithms_default(c);
    scoped(buf) client_names = BUF_EMPTY(NAMES_MAX);
    scoped(buf) server_names = BUF_EMPTY(NAMES_MAX);
    struct kexinit client, server;
    assert_int_equal(negotiate_offer(ROLE_CLIENT, &offer, true, &client_names, &client), OK);
    assert_int_equal(negotiate_offer(ROLE_SERVER, &offer, true, &server_names, &server), OK);
    struct negotiate_result result = chosen_by_client(&client, &server);
    assert_true(result.chosen.strict && result.peer_takes_ext_info && result.chosen.guess_fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clients_first_common_name_wins_at_both_ends),
        cmocka_unit_test(an_aead_cipher_needs_no_common_mac),
        cmocka_unit_test(the_list_without_a_common_name_is_named),
        cmocka_unit_test(marks_are_never_chosen),
        cmocka_unit_test(languages_need_not_agree),
        cmocka_unit_test(strict_needs_both_marks_of_one_spelling),
        cmocka_unit_test(a_later_exchange_keeps_strict_and_ignores_marks),
        cmocka_unit_test(ext_info_goes_to_who_asked_with_the_mark_of_its_role),
        cmocka_unit_test(a_guess_is_right_when_both_first_names_are_equal),
        cmocka_unit_test(our_offer_has_the_marks_in_the_first_exchange_only),
        cmocka_unit_test(our_two_ends_agree_on_strict_and_ext_info),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
