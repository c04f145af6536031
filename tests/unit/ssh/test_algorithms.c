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

/* Applies `spec` to the default "a1,b,c" of the supported "a1,a2,b,c,d". */
static const char *applied(const char *spec, bool lenient, enum err *err, struct bytes *bad)
{
    static char text[256];
    scoped(buf) out = BUF_EMPTY(256);
    *bad = BYTES_NONE;
    *err = algorithms_apply(B("a1,b,c"), B("a1,a2,b,c,d"), bytes_text(spec), lenient, &out, bad);
    assert_true(bytes_to_text(buf_bytes(&out), text, sizeof(text)));
    return text;
}

static void users_lists_change_the_default(void **state)
{
    (void)state;
    const struct {
        const char *spec, *result;
    } cases[] = {
        { "b,a2", "b,a2" },     { " d , b ", "d,b" },   { "+d", "a1,b,c,d" },
        { "+b,d", "a1,b,c,d" }, { "-b", "a1,c" },       { "-a*", "b,c" },
        { "-zzz", "a1,b,c" },   { "^d", "d,a1,b,c" },   { "^c,a2", "c,a2,a1,b" },
        { "a*", "a1,a2" },      { "+a?", "a1,b,c,a2" }, { "-?", "a1" },
        { "*", "a1,a2,b,c,d" }, { "b,b,b", "b" },       { "^*", "a1,a2,b,c,d" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum err err;
        struct bytes bad;
        assert_string_equal(applied(cases[i].spec, false, &err, &bad), cases[i].result);
        assert_int_equal(err, OK);
    }
}

static void an_unknown_name_is_named_or_dropped(void **state)
{
    (void)state;
    enum err err;
    struct bytes bad;
    assert_string_equal(applied("+d,x,y", false, &err, &bad), "");
    assert_int_equal(err, ERR_UNSUPPORTED);
    assert_true(bytes_is(bad, "x"));
    assert_string_equal(applied("+d,x,y", true, &err, &bad), "a1,b,c,d");
    assert_int_equal(err, OK);
}

static void an_empty_result_is_refused(void **state)
{
    (void)state;
    const char *const specs[] = { "", "-*", "x*", "-a1,b,c" };
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        enum err err;
        struct bytes bad;
        assert_string_equal(applied(specs[i], false, &err, &bad), "");
        assert_int_equal(err, ERR_BAD_VALUE);
    }
}

static void what_the_buffer_held_stays(void **state)
{
    (void)state;
    struct bytes bad;
    scoped(buf) out = BUF_EMPTY(256);
    assert_int_equal(buf_append_text(&out, "before"), OK);
    assert_int_equal(algorithms_apply(B("a"), B("a,b"), B("+b"), false, &out, &bad), OK);
    assert_true(bytes_is(buf_bytes(&out), "beforea,b"));
    assert_int_equal(algorithms_apply(B("a"), B("a,b"), B("x"), false, &out, &bad),
                     ERR_UNSUPPORTED);
    assert_true(bytes_is(buf_bytes(&out), "beforea,b"));
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
        cmocka_unit_test(an_unknown_name_is_named_or_dropped),
        cmocka_unit_test(an_empty_result_is_refused),
        cmocka_unit_test(what_the_buffer_held_stays),
        cmocka_unit_test(what_is_not_strict_can_be_open_to_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
