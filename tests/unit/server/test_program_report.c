/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/program_report.h"

#include "ipc/record.h"
#include "os/record_socket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What lies in the socket, if it is the type. */
static uint32_t told(int fd, enum record_type type)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record record;
    assert_int_equal(record_socket_take(fd, &room, &record, NULL), OK);
    assert_int_equal(record.type, type);
    return record.numbers[0];
}

static void a_program_names_itself(void **state)
{
    (void)state;
    int ends[2], status = -1;
    assert_int_equal(seqpacket_pair(ends), OK);
    pid_t child = fork();
    if (child == 0) {
        program_report_begun(ends[0]);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(told(ends[1], RECORD_PROGRAM_BEGUN), child);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void its_end_names_it(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    program_report_over(ends[0], 4711);
    program_report_over(ends[0], INT32_MAX);
    assert_int_equal(told(ends[1], RECORD_PROGRAM_OVER), 4711);
    assert_int_equal(told(ends[1], RECORD_PROGRAM_OVER), INT32_MAX);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void the_session_may_tell_what_it_tells(void **state)
{
    (void)state;
    struct record_gate gate = { .is_open = true };
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(record_admit(&gate, RECORD_PROGRAM_BEGUN, RECORD_SESSION, RECORD_MONITOR),
                         OK);
        assert_int_equal(record_admit(&gate, RECORD_PROGRAM_OVER, RECORD_SESSION, RECORD_MONITOR),
                         OK);
    }
}

static void without_a_monitor_nothing_is_tried(void **state)
{
    (void)state;
    errno = 0;
    program_report_begun(-1);
    program_report_over(-1, 4711);
    assert_int_equal(errno, 0);
}

static void a_monitor_that_has_gone_ends_nobody(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    (void)close(ends[1]);
    program_report_begun(ends[0]);
    program_report_over(ends[0], 4711);
    assert_int_equal(errno, EPIPE);
    (void)close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_names_itself),
        cmocka_unit_test(its_end_names_it),
        cmocka_unit_test(the_session_may_tell_what_it_tells),
        cmocka_unit_test(without_a_monitor_nothing_is_tried),
        cmocka_unit_test(a_monitor_that_has_gone_ends_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
