/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's process and the monitor about terminals. */
#include "programs/server/monitor/line_service.h"

#include "os/pty.h"
#include "os/record_socket.h"
#include "programs/server/session/line_report.h"
#include "unit/own_logs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct endpoint peer = { "192.0.2.7", 50000 };
static struct account account = { .name = (char[]){ "ann" } };

static void send_record(int fd, const struct record *record)
{
    assert_int_equal(record_socket_send(fd, record, NULL), OK);
}

static void a_terminal_is_told_of_and_answered(void **state)
{
    (void)state;
    int ends[2];
    struct pty pty;
    struct line_service service;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(pty_open(&pty, -1), OK);
    pid_t child = fork();
    if (child == 0) {
        struct login_record_last last = { .at = 1, .host = "x" };
        (void)close(ends[1]);
        bool done = line_report_open(ends[0], pty.path, &last) && last.at == 0 && !*last.host;
        line_report_close(ends[0], pty.path);
        _exit(done ? 0 : 1);
    }
    (void)close(ends[0]);
    line_service_init(&service, ends[1], &account, &peer);
    /* It waits: the descriptor does not block, but the test may be faster than the child. */
    (void)fcntl(ends[1], F_SETFL, 0);
    assert_int_equal(line_service_serve(&service), OK);
    assert_int_equal(service.lines.count, 1);
    assert_int_equal(line_service_serve(&service), OK);
    assert_int_equal(service.lines.count, 0);
    assert_int_equal(line_service_serve(&service), ERR_DISCONNECTED); /* it is gone */
    assert_int_equal(service.fd, -1);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    line_service_wipe(&service);
    pty_close(&pty);
}

static void without_a_monitor_nothing_is_told(void **state)
{
    (void)state;
    struct login_record_last last;
    assert_false(line_report_open(-1, "/dev/pts/1", &last));
    line_report_close(-1, "/dev/pts/1");
}

static void anything_else_is_an_offence(void **state)
{
    (void)state;
    for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
        int ends[2];
        struct line_service service;
        if (type == RECORD_PROGRAM_OVER)
            continue; /* it may not have told its name */
        assert_int_equal(seqpacket_pair(ends), OK);
        line_service_init(&service, ends[1], &account, &peer);
        send_record(ends[0], &(struct record){ .type = type }); /* an empty name is none either */
        enum err err = line_service_serve(&service);
        assert_true(err != OK && err != ERR_SYSTEM);
        assert_int_equal(service.fd, -1);
        line_service_wipe(&service);
        (void)close(ends[0]);
    }
}

int main(void)
{
    if (!own_logs_make(false) && geteuid() == 0)
        return 77; /* the system's own would be written */
    account.uid = geteuid();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_is_told_of_and_answered),
        cmocka_unit_test(without_a_monitor_nothing_is_told),
        cmocka_unit_test(anything_else_is_an_offence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
