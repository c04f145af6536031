/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/lines.h"

#include "os/pty.h"
#include "unit/own_logs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct endpoint peer = { "192.0.2.7", 50000 };
static struct account account = { .name = (char[]){ "ann" } };
static struct login_record_last last;

static void only_a_terminal_of_the_users_is_one(void **state)
{
    (void)state;
    struct pty pty;
    struct lines lines;
    assert_int_equal(pty_open(&pty, -1), OK);
    struct bytes name = bytes_skip(bytes_text(pty.path), 5);
    lines_init(&lines, &account, &peer);
    assert_true(lines_open(&lines, name, &last));
    assert_false(lines_open(&lines, name, &last)); /* twice */
    assert_false(lines_close(&lines, B("pts/999999")));
    assert_true(lines_close(&lines, name));
    assert_false(lines_close(&lines, name));
    assert_true(lines_open(&lines, name, &last));
    lines_wipe(&lines);
    assert_int_equal(lines.count, 0);

    account.uid = 4711;
    lines_init(&lines, &account, &peer);
    assert_false(lines_open(&lines, name, &last));
    account.uid = geteuid();
    lines_wipe(&lines);
    pty_close(&pty);
}

static void a_name_is_pts_and_a_number(void **state)
{
    (void)state;
    static const struct bytes names[] = { B(""),         B("pts"),         B("pts/"),
                                          B("pts/ptmx"), B("pts/-1"),      B("null"),
                                          B("tty"),      B("pts/../null"), B("pts/999999"),
                                          B("pts/1\n"),  B("/pts/1") };
    struct lines lines;
    lines_init(&lines, &account, &peer);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_false(lines_open(&lines, names[i], &last));
    lines_wipe(&lines);
}

int main(void)
{
    if (!own_logs_make(false) && geteuid() == 0)
        return 77; /* the system's own would be written */
    account.uid = geteuid();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_terminal_of_the_users_is_one),
        cmocka_unit_test(a_name_is_pts_and_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
