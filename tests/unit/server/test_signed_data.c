/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/signed_data.h"

#include "base/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static bool fits(struct bytes data, const struct signed_data *wanted)
{
    scoped(buf) made = BUF_EMPTY(SIGNED_DATA_MAX);
    return signed_data_make(wanted, data, &made) == OK && bytes_equal(buf_bytes(&made), data);
}

static const struct signed_data wanted = { B("session"), B("ann"), B("ssh-ed25519"), B("blob"),
                                           B("host key") };

/* The fields of RFC 4252 section 7; the one with that number is another. */
static void write_data(struct buf *out, int wrong, const char *method)
{
    struct writer w = writer_to(out);
    writer_text(&w, wrong == 0 ? "other" : "session");
    writer_u8(&w, wrong == 1 ? 51 : 50);
    writer_text(&w, wrong == 2 ? "bob" : "ann");
    writer_text(&w, wrong == 3 ? "ssh-userauth" : "ssh-connection");
    writer_text(&w, wrong == 4 ? "password" : method);
    writer_bool(&w, wrong != 5);
    writer_text(&w, wrong == 6 ? "ssh-rsa" : "ssh-ed25519");
    writer_text(&w, wrong == 7 ? "other" : "blob");
    if (method[9])
        writer_text(&w, wrong == 9 ? "another" : "host key");
    if (wrong == 8)
        writer_u8(&w, 0);
    assert_int_equal(writer_end(&w), OK);
}

static void only_exactly_this_fits(void **state)
{
    (void)state;
    static const char *const methods[] = { "publickey", "publickey-hostbound-v00@openssh.com" };
    for (size_t i = 0; i < 2; i++) {
        for (int wrong = -1; wrong < (i == 0 ? 9 : 10); wrong++) {
            scoped(buf) data = BUF_EMPTY(1000);
            write_data(&data, wrong, methods[i]);
            assert_int_equal(fits(buf_bytes(&data), &wanted), wrong < 0);
        }
    }
}

static void no_prefix_fits(void **state)
{
    (void)state;
    scoped(buf) data = BUF_EMPTY(1000);
    write_data(&data, -1, "publickey");
    for (size_t len = 0; len < buf_len(&data); len++)
        assert_false(fits(bytes_slice(buf_bytes(&data), 0, len), &wanted));
}

static void without_a_session_nothing_fits(void **state)
{
    (void)state;
    struct signed_data none = wanted;
    none.session_id = BYTES_NONE;
    scoped(buf) data = BUF_EMPTY(1000);
    struct writer w = writer_to(&data);
    writer_text(&w, "");
    assert_int_equal(writer_end(&w), OK);
    assert_false(fits(buf_bytes(&data), &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_exactly_this_fits),
        cmocka_unit_test(no_prefix_fits),
        cmocka_unit_test(without_a_session_nothing_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
