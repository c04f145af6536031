/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/transport/algorithms.h"

static void lists_and_tables_have_the_same_names(void **state)
{
    (void)state;
    const size_t counts[ALGORITHMS_CATEGORY_COUNT] = {
        [ALGORITHMS_KEX] = 8, [ALGORITHMS_HOST_KEY] = 7,    [ALGORITHMS_CIPHER] = 6,
        [ALGORITHMS_MAC] = 4, [ALGORITHMS_COMPRESSION] = 2,
    };
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++) {
        struct bytes list = algorithms_supported(c);
        size_t count = 0;
        for (; list.len > 0; count++) {
            struct bytes name = bytes_cut(&list, ',');
            assert_non_null(algorithms_name(c, name));
            assert_true(bytes_is(name, algorithms_name(c, name)));
        }
        assert_int_equal(count, counts[c]);
        assert_null(algorithms_name(c, B("rot13")));
        assert_null(algorithms_name(c, BYTES_NONE));
    }
}

static void every_default_is_supported(void **state)
{
    (void)state;
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++) {
        struct bytes list = algorithms_default(c);
        assert_true(list.len > 0);
        while (list.len > 0)
            assert_true(bytes_list_has(algorithms_supported(c), bytes_cut(&list, ',')));
    }
    assert_false(bytes_list_has(algorithms_default(ALGORITHMS_HOST_KEY), B("ssh-rsa")));
    assert_true(bytes_is(algorithms_default(ALGORITHMS_COMPRESSION), "none"));
}

static void records_say_what_an_algorithm_needs(void **state)
{
    (void)state;
    const struct algorithms_kex *kex = algorithms_find_kex(B("ecdh-sha2-nistp384"));
    assert_int_equal(kex->agree, AGREE_P384);
    assert_int_equal(kex->digest, DIGEST_SHA384);
    const struct algorithms_cipher *cipher =
        algorithms_find_cipher(B("chacha20-poly1305@openssh.com"));
    assert_int_equal(cipher->key_len, 64);
    assert_int_equal(cipher->iv_len, 0);
    assert_int_equal(cipher->block_len, 8);
    assert_true(algorithms_find_mac(B("hmac-sha2-512-etm@openssh.com"))->is_etm);
    assert_null(algorithms_find_mac(B("hmac-md5")));
}

static enum err wish(enum algorithms_category category, const char *spec, const char *result,
                     struct bytes *bad)
{
    scoped(buf) out = BUF_EMPTY(1024);
    *bad = BYTES_NONE;
    enum err err = algorithms_wish(category, bytes_text(spec), &out, bad);
    assert_string_equal(buf_text(&out), result);
    return err;
}

#define ED  "ssh-ed25519"
#define EC  "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"
#define RSA "rsa-sha2-512,rsa-sha2-256"
#define ALL ED "," EC "," RSA /* by default; ssh-rsa is only known */

static void users_lists_change_the_default(void **state)
{
    (void)state;
    const struct {
        const char *spec, *result;
    } cases[] = {
        { "rsa-sha2-256," ED, "rsa-sha2-256," ED },
        { " rsa-sha2-256 , " ED " ", "rsa-sha2-256," ED },
        { "+ssh-rsa", ALL ",ssh-rsa" },
        { "+" ED ",ssh-rsa", ALL ",ssh-rsa" },
        { "-" ED, EC "," RSA },
        { "-ecdsa-*", ED "," RSA },
        { "-zzz", ALL },
        { "^ssh-rsa", "ssh-rsa," ALL },
        { "^rsa-sha2-256,ssh-rsa", "rsa-sha2-256,ssh-rsa," ED "," EC ",rsa-sha2-512" },
        { "ecdsa-*", EC },
        { "+ssh-?sa", ALL ",ssh-rsa" },
        { "-rsa-sha2-???,ecdsa*", ED },
        { "*", ALL ",ssh-rsa" },
        { ED "," ED "," ED, ED },
        { "^*", ALL ",ssh-rsa" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes bad;
        assert_int_equal(wish(ALGORITHMS_HOST_KEY, cases[i].spec, cases[i].result, &bad), OK);
    }
}

static void an_unknown_name_is_named(void **state)
{
    (void)state;
    struct bytes bad;
    assert_int_equal(wish(ALGORITHMS_HOST_KEY, "+ssh-rsa,x,y", "", &bad), ERR_UNSUPPORTED);
    assert_true(bytes_is(bad, "x"));
}

static void an_empty_result_is_refused(void **state)
{
    (void)state;
    const char *const specs[] = { "", "-*", "x*", "-" ALL };
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        struct bytes bad;
        assert_int_equal(wish(ALGORITHMS_HOST_KEY, specs[i], "", &bad), ERR_BAD_VALUE);
    }
}

static void what_the_buffer_held_stays(void **state)
{
    (void)state;
    struct bytes bad;
    scoped(buf) out = BUF_EMPTY(256);
    assert_int_equal(buf_append_text(&out, "before"), OK);
    assert_int_equal(algorithms_wish(ALGORITHMS_HOST_KEY, B(ED), &out, &bad), OK);
    assert_string_equal(buf_text(&out), "before" ED);
    assert_int_equal(algorithms_wish(ALGORITHMS_HOST_KEY, B(ED ",x"), &out, &bad), ERR_UNSUPPORTED);
    assert_string_equal(buf_text(&out), "before" ED);
}

static void a_refused_list_is_shown_with_the_reason(void **state)
{
    (void)state;
    const struct {
        const char *spec, *bad, *words;
    } cases[] = {
        { "aes128-ctr,\033", "\033",
          "Bad SSH2 cipher spec 'aes128-ctr,\\x1b'. No such name is known: \\x1b." },
        { "aes128-cbc", "",
          "Bad SSH2 cipher spec 'aes128-cbc'. Nothing is left of it: aes128-cbc: there is no "
          "CBC." },
        { "-*", "", "Bad SSH2 cipher spec '-*'. Nothing is left of it." },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        scoped(buf) out = BUF_EMPTY(512);
        assert_int_equal(algorithms_complain(ALGORITHMS_CIPHER, bytes_text(cases[i].spec),
                                             bytes_text(cases[i].bad), &out),
                         OK);
        assert_string_equal(buf_text(&out), cases[i].words);
    }
}

static void what_openssh_has_and_we_lack_is_passed_over(void **state)
{
    (void)state;
    struct bytes bad;
    assert_int_equal(wish(ALGORITHMS_CIPHER, "aes256-cbc, aes128-ctr,3des-cbc", "aes128-ctr", &bad),
                     OK);
    assert_int_equal(wish(ALGORITHMS_MAC, "+umac-128@openssh.com",
                          "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                          "hmac-sha2-256,hmac-sha2-512",
                          &bad),
                     OK);
    assert_int_equal(wish(ALGORITHMS_CIPHER, "^3des-cbc,aes256-ctr",
                          "aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
                          "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr",
                          &bad),
                     OK);
    assert_int_equal(wish(ALGORITHMS_KEX, "sntrup761x25519-sha512@openssh.com", "", &bad),
                     ERR_BAD_VALUE);
    assert_int_equal(wish(ALGORITHMS_KEX,
                          "gss-curve25519-sha256-,curve25519-sha256,gss-group16-sha512-",
                          "curve25519-sha256", &bad),
                     OK);
    assert_int_equal(wish(ALGORITHMS_HOST_KEY, "ssh-dss,ssh-ed25519,rot13", "", &bad),
                     ERR_UNSUPPORTED);
    assert_true(bytes_is(bad, "rot13"));
    assert_int_equal(wish(ALGORITHMS_MAC, "hmac-sha2-256,3des-cbc", "", &bad), ERR_UNSUPPORTED);
    assert_true(bytes_is(bad, "3des-cbc"));
}

static void each_that_is_passed_over_is_told_with_the_reason(void **state)
{
    (void)state;
    struct bytes spec = B("+3des-cbc,aes128-ctr, aes128-cbc ,x");
    const struct algorithms_lacking *lacking = algorithms_next_lacking(ALGORITHMS_CIPHER, &spec);
    assert_string_equal(lacking->name, "3des-cbc");
    assert_string_equal(lacking->why, "there is no CBC");
    assert_string_equal(algorithms_next_lacking(ALGORITHMS_CIPHER, &spec)->name, "aes128-cbc");
    assert_null(algorithms_next_lacking(ALGORITHMS_CIPHER, &spec));
    spec = B("-3des-cbc,aes128-cbc");
    assert_null(algorithms_next_lacking(ALGORITHMS_CIPHER, &spec));
}

static void what_is_lacking_is_not_there(void **state)
{
    (void)state;
    static const struct {
        enum algorithms_category category;
        const char *name;
    } all[] = {
#define LACKING(category, name, why) { ALGORITHMS_##category, (name) },
#include "ssh/transport/algorithms_lacking.def"
#undef LACKING
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        assert_null(algorithms_name(all[i].category, bytes_text(all[i].name)));
}

static bool is_truncatable(bool strict, const char *cipher_in, const char *mac_in,
                           const char *cipher_out, const char *mac_out)
{
    const struct algorithms_chosen chosen = { .strict = strict,
                                              .cipher_in = cipher_in,
                                              .mac_in = mac_in,
                                              .cipher_out = cipher_out,
                                              .mac_out = mac_out };
    return algorithms_allow_truncation(&chosen);
}

static void what_is_not_strict_can_be_open_to_truncation(void **state)
{
    (void)state;
    static const char chacha[] = "chacha20-poly1305@openssh.com", gcm[] = "aes128-gcm@openssh.com";
    static const char ctr[] = "aes256-ctr", etm[] = "hmac-sha2-256-etm@openssh.com";
    assert_true(is_truncatable(false, chacha, ALGORITHMS_IMPLICIT, gcm, ALGORITHMS_IMPLICIT));
    assert_true(is_truncatable(false, gcm, ALGORITHMS_IMPLICIT, ctr, etm));
    assert_false(is_truncatable(false, gcm, ALGORITHMS_IMPLICIT, ctr, "hmac-sha2-256"));
    assert_false(is_truncatable(true, chacha, ALGORITHMS_IMPLICIT, ctr, etm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_tables_have_the_same_names),
        cmocka_unit_test(every_default_is_supported),
        cmocka_unit_test(records_say_what_an_algorithm_needs),
        cmocka_unit_test(users_lists_change_the_default),
        cmocka_unit_test(an_unknown_name_is_named),
        cmocka_unit_test(an_empty_result_is_refused),
        cmocka_unit_test(what_the_buffer_held_stays),
        cmocka_unit_test(a_refused_list_is_shown_with_the_reason),
        cmocka_unit_test(what_openssh_has_and_we_lack_is_passed_over),
        cmocka_unit_test(each_that_is_passed_over_is_told_with_the_reason),
        cmocka_unit_test(what_is_lacking_is_not_there),
        cmocka_unit_test(what_is_not_strict_can_be_open_to_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
