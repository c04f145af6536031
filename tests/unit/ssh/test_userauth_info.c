/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/auth/userauth_info.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct auth_prompts prompts = { .name = B("PAM"), .instruction = B("do"), .count = 2 };
    prompts.prompt[0].text = B("Password: ");
    prompts.prompt[1].text = B("Code: ");
    prompts.prompt[1].echoes = true;
    codec_holds(userauth_info_decode_request, userauth_info_encode_request, prompts, 0);
    struct userauth_info_response response = { 2, B("\0\0\0\1a\0\0\0\0") };
    codec_holds(userauth_info_decode_response, userauth_info_encode_response, response, 0);
    struct userauth_info_response nothing = { 0, BYTES_NONE };
    codec_holds(userauth_info_decode_response, userauth_info_encode_response, nothing, 0);
}

static void counts_are_bounded(void **state)
{
    (void)state;
    struct auth_prompts prompts;
    struct userauth_info_response response;
    struct bytes many = B("\x3c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x11");
    assert_int_equal(userauth_info_decode_request(many, NULL, &prompts), ERR_TOO_LONG);
    struct bytes huge = B("\x3d\xff\xff\xff\xff");
    assert_int_equal(userauth_info_decode_response(huge, NULL, &response), ERR_TOO_LONG);
}

static void a_prompt_is_bounded(void **state)
{
    (void)state;
    struct bytes text = codec_copy(BYTES_NONE, USERAUTH_INFO_PROMPT_MAX + 1, 'x');
    struct auth_prompts prompts = { .count = 1 };
    prompts.prompt[0].text = text;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(userauth_info_encode_request(&payload, &prompts), OK);
    assert_int_equal(userauth_info_decode_request(buf_bytes(&payload), NULL, &prompts),
                     ERR_TOO_LONG);
    codec_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codecs_hold),
        cmocka_unit_test(counts_are_bounded),
        cmocka_unit_test(a_prompt_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
