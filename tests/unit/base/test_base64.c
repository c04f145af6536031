/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* RFC 4648 section 10. */
static const char *const pairs[][3] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
};

static void the_examples_of_the_rfc_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        scoped(buf) padded = BUF_EMPTY(64), bare = BUF_EMPTY(64), back = BUF_EMPTY(64);
        assert_int_equal(base64_encode(bytes_text(pairs[i][0]), true, &padded), OK);
        assert_int_equal(base64_encode(bytes_text(pairs[i][0]), false, &bare), OK);
        assert_string_equal(buf_text(&padded), pairs[i][1]);
        assert_string_equal(buf_text(&bare), pairs[i][2]);
        assert_int_equal(base64_decode(bytes_text(pairs[i][1]), &back), OK);
        assert_string_equal(buf_text(&back), pairs[i][0]);
    }
}

static void every_octet_comes_back(void **state)
{
    (void)state;
    uint8_t all[256];
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)i;
    for (size_t len = 0; len <= sizeof(all); len++) {
        scoped(buf) text = BUF_EMPTY(512), back = BUF_EMPTY(512);
        assert_int_equal(base64_encode(bytes_of(all, len), true, &text), OK);
        assert_int_equal(base64_decode(buf_bytes(&text), &back), OK);
        assert_true(bytes_equal(buf_bytes(&back), bytes_of(all, len)));
    }
}

static void anything_but_the_one_form_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Z",        "Zg",       "Zm8",   "Zg=",     "=",    "==",           "====",      "Z===",
        "Zg==Zg==", "Zm8=Zm8=", "Zm9v=", "Zh==",    "Zn==", "Zm9=",         "Zm9v\n",    "Zm 9v===",
        " Zm9v===", "Zm9v    ", "Zm-_",  "Zm9\xc3", "Z=8=", "Zg==\n\n\n\n", "Zm9\tZm9v", "=Zm9",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        scoped(buf) out = BUF_EMPTY(64);
        assert_int_equal(buf_append_text(&out, "kept"), OK);
        assert_int_equal(base64_decode(bytes_text(bad[i]), &out), ERR_BAD_VALUE);
        assert_string_equal(buf_text(&out), "kept");
    }
    scoped(buf) out = BUF_EMPTY(64);
    assert_int_equal(base64_decode(bytes_of("Zm\0v", 4), &out), ERR_BAD_VALUE);
}

static void each_wrong_letter_is_refused(void **state)
{
    (void)state;
    size_t good = 0;
    for (unsigned letter = 0; letter < 256; letter++) {
        const uint8_t text[] = { 'A', (uint8_t)letter, 'A', 'A' };
        scoped(buf) out = BUF_EMPTY(64);
        good += base64_decode(bytes_of(text, sizeof(text)), &out) == OK;
    }
    assert_int_equal(good, 64);
}

static void the_limit_of_the_buffer_is_kept(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(7);
    assert_int_equal(base64_encode(BYTES_LITERAL("foob"), true, &out), ERR_NO_SPACE);
    assert_int_equal(base64_decode(BYTES_LITERAL("Zm9vYmFyZm9v"), &out), ERR_NO_SPACE);
    assert_int_equal(buf_len(&out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_hold),
        cmocka_unit_test(every_octet_comes_back),
        cmocka_unit_test(anything_but_the_one_form_is_refused),
        cmocka_unit_test(each_wrong_letter_is_refused),
        cmocka_unit_test(the_limit_of_the_buffer_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
