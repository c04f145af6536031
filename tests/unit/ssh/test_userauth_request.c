/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/writer.h"
#include "codec.h"
#include "ssh/msg/userauth_request.h"

static struct userauth_request request_by(enum userauth_request_method method)
{
    return (struct userauth_request){ .user = B("alice"),
                                      .service = B("ssh-connection"),
                                      .method = method };
}

static struct userauth_request publickey(void)
{
    struct userauth_request request = request_by(USERAUTH_REQUEST_PUBLICKEY);
    request.algorithm = B("ssh-ed25519");
    request.blob = B("blob");
    request.is_signed = true;
    request.signature = B("signature");
    return request;
}

static void the_codec_holds_for_every_method(void **state)
{
    (void)state;
    struct userauth_request none = request_by(USERAUTH_REQUEST_NONE);
    codec_holds(userauth_request_decode, userauth_request_encode, none, 0);

    struct userauth_request password = request_by(USERAUTH_REQUEST_PASSWORD);
    password.password = B("secret");
    codec_holds(userauth_request_decode, userauth_request_encode, password, 0);
    password.changes_password = true;
    password.new_password = B("newer");
    codec_holds(userauth_request_decode, userauth_request_encode, password, 0);

    struct userauth_request interactive = request_by(USERAUTH_REQUEST_INTERACTIVE);
    interactive.submethods = B("pam");
    codec_holds(userauth_request_decode, userauth_request_encode, interactive, 0);

    struct userauth_request query = publickey();
    query.is_signed = false;
    codec_holds(userauth_request_decode, userauth_request_encode, query, 0);
}

static void the_codec_holds_for_signed_requests(void **state)
{
    (void)state;
    /* Without any signature it is a message too, one that will be refused. */
    struct userauth_request request = publickey();
    codec_holds(userauth_request_decode, userauth_request_encode, request,
                1 + 4 + 5 + 4 + 14 + 4 + 9 + 1 + 4 + 11 + 4 + 4);
    request.method = USERAUTH_REQUEST_HOSTBOUND;
    request.host_key = B("host");
    codec_holds(userauth_request_decode, userauth_request_encode, request,
                1 + 4 + 5 + 4 + 14 + 4 + 34 + 1 + 4 + 11 + 4 + 4 + 4 + 4);
}

static void a_flag_without_a_signature_is_an_empty_signature(void **state)
{
    (void)state;
    struct userauth_request in = publickey(), out;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(userauth_request_encode(&payload, &in), OK);
    buf_truncate(&payload, buf_len(&payload) - 4 - in.signature.len);
    assert_int_equal(userauth_request_decode(buf_bytes(&payload), NULL, &out), OK);
    assert_true(out.is_signed);
    assert_int_equal(out.signature.len, 0);
}

static void what_follows_a_signature_is_refused(void **state)
{
    (void)state;
    struct userauth_request in = publickey(), out;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(userauth_request_encode(&payload, &in), OK);
    assert_int_equal(buf_append_text(&payload, "x"), OK);
    assert_int_equal(userauth_request_decode(buf_bytes(&payload), NULL, &out), ERR_TRAILING);
}

/* The decoder's signed part and the encoder's signed octets must be the same. */
static void both_ends_sign_the_same_octets(void **state)
{
    (void)state;
    enum userauth_request_method methods[] = { USERAUTH_REQUEST_PUBLICKEY,
                                               USERAUTH_REQUEST_HOSTBOUND };
    for (size_t i = 0; i < 2; i++) {
        struct userauth_request in = publickey(), out;
        in.method = methods[i];
        in.host_key = B("host");
        scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
        scoped(buf) ours = BUF_EMPTY(CODEC_BUF_MAX);
        scoped(buf) theirs = BUF_EMPTY(CODEC_BUF_MAX);
        assert_int_equal(userauth_request_encode(&payload, &in), OK);
        assert_int_equal(userauth_request_encode_signed(&ours, B("session"), &in), OK);
        assert_int_equal(userauth_request_decode(buf_bytes(&payload), NULL, &out), OK);

        struct writer w = writer_to(&theirs);
        writer_text(&w, "session");
        writer_octets(&w, out.signed_part);
        assert_int_equal(writer_end(&w), OK);
        assert_true(bytes_equal(buf_bytes(&ours), buf_bytes(&theirs)));
    }
}

static void an_unknown_method_is_other_whatever_follows(void **state)
{
    (void)state;
    struct userauth_request in = request_by(USERAUTH_REQUEST_OTHER), out;
    in.method_name = B("telepathy");
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(userauth_request_encode(&payload, &in), OK);
    assert_int_equal(buf_append_text(&payload, "anything"), OK);
    assert_int_equal(userauth_request_decode(buf_bytes(&payload), NULL, &out), OK);
    assert_int_equal(out.method, USERAUTH_REQUEST_OTHER);
    assert_true(bytes_is(out.method_name, "telepathy"));
}

static void user_names_are_text_and_no_option(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'u', sizeof(name));
    assert_true(userauth_request_user_fits(B("alice")));
    assert_true(userauth_request_user_fits(B("andr\xc3\xa9 x")));
    assert_true(userauth_request_user_fits(B("\xf0\x9f\x90\x9a")));
    assert_true(userauth_request_user_fits(bytes_of(name, 255)));
    assert_false(userauth_request_user_fits(bytes_of(name, 256)));
    assert_false(userauth_request_user_fits(BYTES_NONE));
    assert_false(userauth_request_user_fits(B("-oProxyCommand=x")));
    assert_false(userauth_request_user_fits(B("a\0b")));
    assert_false(userauth_request_user_fits(B("a\nb")));
    assert_false(userauth_request_user_fits(B("a\x7f")));
}

static void user_names_are_valid_utf8(void **state)
{
    (void)state;
    const struct bytes bad[] = {
        B("\x80"),
        B("\xc0\x80"),
        B("\xc3"),
        B("\xe0\x80\x80"),
        B("\xed\xa0\x80"),
        B("\xf0\x80\x80\x80"),
        B("\xf4\x90\x80\x80"),
        B("\xf5\x80\x80\x80"),
        B("\xc3("),
        B("\xff"),
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(userauth_request_user_fits(bad[i]));
    assert_true(userauth_request_user_fits(B("\xf4\x8f\xbf\xbf")));
    assert_true(userauth_request_user_fits(B("\xed\x9f\xbf")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codec_holds_for_every_method),
        cmocka_unit_test(the_codec_holds_for_signed_requests),
        cmocka_unit_test(a_flag_without_a_signature_is_an_empty_signature),
        cmocka_unit_test(what_follows_a_signature_is_refused),
        cmocka_unit_test(both_ends_sign_the_same_octets),
        cmocka_unit_test(an_unknown_method_is_other_whatever_follows),
        cmocka_unit_test(user_names_are_text_and_no_option),
        cmocka_unit_test(user_names_are_valid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
