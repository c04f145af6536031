/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/kexinit.h"

static struct kexinit example(void)
{
    return (struct kexinit){
        .cookie = B("0123456789abcdef"),
        .list = {
            [KEXINIT_KEX] = B("curve25519-sha256,ext-info-c"),
            [KEXINIT_HOST_KEY] = B("ssh-ed25519"),
            [KEXINIT_CIPHER_TO_SERVER] = B("aes128-ctr,aes256-ctr"),
            [KEXINIT_CIPHER_TO_CLIENT] = B("aes256-ctr"),
            [KEXINIT_MAC_TO_SERVER] = B("hmac-sha2-256"),
            [KEXINIT_COMPRESSION_TO_SERVER] = B("none"),
            [KEXINIT_COMPRESSION_TO_CLIENT] = B("none"),
        },
        .follows = true,
        .reserved = 7,
    };
}

static void the_codec_holds(void **state)
{
    (void)state;
    struct kexinit kexinit = example();
    codec_holds(kexinit_decode, kexinit_encode, kexinit, 0);
}

static void fields_come_back_in_their_places(void **state)
{
    (void)state;
    struct kexinit in = example(), out;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(kexinit_encode(&payload, &in), OK);
    assert_int_equal(kexinit_decode(buf_bytes(&payload), NULL, &out), OK);
    for (size_t i = 0; i < KEXINIT_LIST_COUNT; i++)
        assert_true(bytes_equal(in.list[i], out.list[i]));
    assert_true(bytes_equal(in.cookie, out.cookie));
    assert_true(out.follows);
    assert_int_equal(out.reserved, 7);
}

/* How a KEXINIT fares whose key exchanges are this list. */
static enum err fate_of(struct bytes list)
{
    struct kexinit in = example(), out;
    in.list[KEXINIT_KEX] = list;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(kexinit_encode(&payload, &in), OK);
    return kexinit_decode(buf_bytes(&payload), NULL, &out);
}

static void names_are_not_empty_and_printable(void **state)
{
    (void)state;
    assert_int_equal(fate_of(BYTES_NONE), OK);
    assert_int_equal(fate_of(B("a")), OK);
    assert_int_equal(fate_of(B("a,,b")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B(",a")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B("a,")), OK);
    assert_int_equal(fate_of(B("a,,")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B(",")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B("a b")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B("a\0b")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B("a\x7f")), ERR_BAD_VALUE);
    assert_int_equal(fate_of(B("\xc3\xa9")), ERR_BAD_VALUE);
}

static void a_name_has_64_octets_at_most(void **state)
{
    (void)state;
    char name[KEXINIT_NAME_LEN_MAX + 1];
    memset(name, 'x', sizeof(name));
    assert_int_equal(fate_of(bytes_of(name, KEXINIT_NAME_LEN_MAX)), OK);
    assert_int_equal(fate_of(bytes_of(name, KEXINIT_NAME_LEN_MAX + 1)), ERR_TOO_LONG);
}

static void a_list_has_256_names_at_most(void **state)
{
    (void)state;
    char list[2 * KEXINIT_NAMES_MAX + 1];
    for (size_t i = 0; i < sizeof(list); i++)
        list[i] = i % 2 ? ',' : 'x';
    assert_int_equal(fate_of(bytes_of(list, 2 * KEXINIT_NAMES_MAX - 1)), OK);
    assert_int_equal(fate_of(bytes_of(list, 2 * KEXINIT_NAMES_MAX + 1)), ERR_TOO_LONG);
}

static void the_whole_has_35000_octets_at_most(void **state)
{
    (void)state;
    struct kexinit out;
    struct bytes large = codec_copy(B("\x14"), KEXINIT_LEN_MAX + 1, 0);
    assert_int_equal(kexinit_decode(large, NULL, &out), ERR_TOO_LONG);
    large.len--;
    assert_int_equal(kexinit_decode(large, NULL, &out), ERR_TRAILING);
    codec_free(large);
}

static void a_cookie_of_zeros_is_fine(void **state)
{
    (void)state;
    struct kexinit in = example();
    in.cookie = B("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    codec_holds(kexinit_decode, kexinit_encode, in, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codec_holds),
        cmocka_unit_test(fields_come_back_in_their_places),
        cmocka_unit_test(names_are_not_empty_and_printable),
        cmocka_unit_test(a_name_has_64_octets_at_most),
        cmocka_unit_test(a_list_has_256_names_at_most),
        cmocka_unit_test(the_whole_has_35000_octets_at_most),
        cmocka_unit_test(a_cookie_of_zeros_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
