/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/ext_info.h"

static enum err decode_as_client(struct bytes payload, const struct field_sink *sink,
                                 struct ext_info *out)
{
    return ext_info_decode(payload, sink, ROLE_CLIENT, out);
}

static void the_codec_holds(void **state)
{
    (void)state;
    struct ext_info info = { .count = 0 };
    codec_holds(decode_as_client, ext_info_encode, info, 0);
    ext_info_add(&info, "server-sig-algs", B("ssh-ed25519,rsa-sha2-256"));
    ext_info_add(&info, "ping@openssh.com", B("0"));
    codec_holds(decode_as_client, ext_info_encode, info, 0);
}

static void an_extension_is_found_by_name(void **state)
{
    (void)state;
    struct ext_info info = { .count = 0 };
    ext_info_add(&info, "ping@openssh.com", B("0"));
    ext_info_add(&info, "with-nul", B("a\0b"));
    struct bytes value;
    assert_true(ext_info_find(&info, "with-nul", &value));
    assert_int_equal(value.len, 3);
    assert_true(ext_info_find(&info, "ping@openssh.com", NULL));
    assert_false(ext_info_find(&info, "ping", &value));
}

static void names_are_listed_in_order(void **state)
{
    (void)state;
    struct ext_info info = { 0 };
    scoped(buf) names = BUF_EMPTY(64), small = BUF_EMPTY(4);
    ext_info_add(&info, "first", BYTES_NONE);
    ext_info_add(&info, "second", BYTES_NONE);
    assert_int_equal(ext_info_names(&info, &names), OK);
    assert_string_equal(buf_text(&names), "first,second");
    assert_int_equal(ext_info_names(&info, &small), ERR_NO_SPACE);
}

static void a_name_that_comes_twice_is_refused(void **state)
{
    (void)state;
    struct ext_info info = { .count = 0 };
    ext_info_add(&info, "a", B("1"));
    ext_info_add(&info, "b", B("2"));
    ext_info_add(&info, "a", B("1"));
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(ext_info_encode(&payload, &info), OK);
    assert_int_equal(decode_as_client(buf_bytes(&payload), NULL, &info), ERR_BAD_VALUE);
}

static void the_count_is_bounded_whatever_follows(void **state)
{
    (void)state;
    struct ext_info out;
    assert_int_equal(decode_as_client(B("\7\xff\xff\xff\xff"), NULL, &out), ERR_TOO_LONG);
    assert_int_equal(decode_as_client(B("\7\0\0\0\x11"), NULL, &out), ERR_TOO_LONG);
    assert_int_equal(decode_as_client(B("\7\0\0\0\x10"), NULL, &out), ERR_TRUNCATED);
}

static void only_a_server_may_send_much(void **state)
{
    (void)state;
    struct bytes value = codec_copy(BYTES_NONE, 34000, 'x');
    struct ext_info info = { .count = 0 }, out;
    ext_info_add(&info, "server-sig-algs", value);
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(ext_info_encode(&payload, &info), OK);
    assert_int_equal(ext_info_decode(buf_bytes(&payload), NULL, ROLE_CLIENT, &out), OK);
    assert_int_equal(ext_info_decode(buf_bytes(&payload), NULL, ROLE_SERVER, &out), ERR_TOO_LONG);
    codec_free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codec_holds),
        cmocka_unit_test(an_extension_is_found_by_name),
        cmocka_unit_test(names_are_listed_in_order),
        cmocka_unit_test(a_name_that_comes_twice_is_refused),
        cmocka_unit_test(the_count_is_bounded_whatever_follows),
        cmocka_unit_test(only_a_server_may_send_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
