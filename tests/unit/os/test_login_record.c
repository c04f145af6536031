/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/login_record.h"

#include "unit/own_logs.h"

#include <lastlog.h>
#include <paths.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <utmpx.h>

#include <cmocka.h>

enum { NO_NAMESPACE = 77, ENTRIES_MAX = 16 };

static const struct endpoint peer = { "192.0.2.7", 50000 };
static struct login_record ann = { "pts/12345", "ann", 4711, &peer, 1000 };

static size_t entries(const char *path, struct utmpx out[ENTRIES_MAX])
{
    int fd = open(path, O_RDONLY);
    ssize_t len = fd >= 0 ? read(fd, out, ENTRIES_MAX * sizeof(*out)) : 0;
    if (fd >= 0)
        (void)close(fd);
    return len > 0 ? (size_t)len / sizeof(*out) : 0;
}

/* In a child, whose logs are its own. */
static void apart(void (*test)(void), bool with_files)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!own_logs_make(with_files))
            _exit(NO_NAMESPACE);
        test();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_NAMESPACE)
        skip();
    assert_int_equal(status, 0);
}

#define HOLDS(x)        \
    do {                \
        if (!(x)) {     \
            perror(#x); \
            _exit(1);   \
        }               \
    } while (0)

static void open_and_close(void)
{
    struct utmpx found[ENTRIES_MAX];
    struct login_record_last last;
    HOLDS(!login_record_last(ann.uid, &last));
    login_record_open(&ann);
    HOLDS(entries(_PATH_UTMP, found) == 1);
    HOLDS(found[0].ut_type == USER_PROCESS && found[0].ut_pid == 1000);
    HOLDS(strcmp(found[0].ut_line, "pts/12345") == 0 && strcmp(found[0].ut_user, "ann") == 0);
    HOLDS(memcmp(found[0].ut_id, "2345", 4) == 0 && strcmp(found[0].ut_host, "192.0.2.7") == 0);
    HOLDS(memcmp(found[0].ut_addr_v6, "\xc0\x00\x02\x07", 4) == 0 && found[0].ut_tv.tv_sec != 0);
    HOLDS(login_record_last(ann.uid, &last));
    HOLDS(last.at == found[0].ut_tv.tv_sec && strcmp(last.host, "192.0.2.7") == 0);
    HOLDS(!login_record_last(ann.uid - 1, &last) && !login_record_last(ann.uid + 1, &last));

    login_record_close("pts/12345", 1000);
    HOLDS(entries(_PATH_UTMP, found) == 1 && found[0].ut_type == DEAD_PROCESS);
    HOLDS(found[0].ut_user[0] == '\0' && found[0].ut_host[0] == '\0');
    HOLDS(entries(_PATH_WTMP, found) == 2);
    HOLDS(found[0].ut_type == USER_PROCESS && found[1].ut_type == DEAD_PROCESS);
    HOLDS(strcmp(found[1].ut_line, "pts/12345") == 0);
}

static void anothers_line(void)
{
    struct utmpx found[ENTRIES_MAX];
    struct login_record bob = { "pts/12345", "bob", 4712, &peer, 2000 };
    login_record_open(&ann);
    login_record_open(&bob);
    login_record_close("pts/12345", 1000);
    HOLDS(entries(_PATH_UTMP, found) == 1 && found[0].ut_type == USER_PROCESS);
    HOLDS(strcmp(found[0].ut_user, "bob") == 0);
}

static void many_lines(void)
{
    struct utmpx found[ENTRIES_MAX];
    struct login_record more[] = { ann, ann, ann };
    more[0].line = "pts/1";
    more[1].line = "pts/2";
    more[2].line = "pts/3";
    more[1].process = 2000;
    for (size_t i = 0; i < 3; i++)
        login_record_open(&more[i]);
    login_record_close_all(1000);
    HOLDS(entries(_PATH_UTMP, found) == 3);
    HOLDS(found[0].ut_type == DEAD_PROCESS && found[2].ut_type == DEAD_PROCESS);
    HOLDS(found[1].ut_type == USER_PROCESS);
}

static void failures(void)
{
    struct utmpx found[ENTRIES_MAX];
    login_record_failure("ann", &peer);
    HOLDS(entries("/var/log/btmp", found) == 1 && found[0].ut_type == LOGIN_PROCESS);
    HOLDS(strcmp(found[0].ut_line, "ssh:notty") == 0 && strcmp(found[0].ut_user, "ann") == 0);
    HOLDS(strcmp(found[0].ut_host, "192.0.2.7") == 0);
    HOLDS(chmod("/var/log/btmp", 0644) == 0);
    login_record_failure("ann", &peer);
    HOLDS(entries("/var/log/btmp", found) == 1);
}

static void no_files(void)
{
    struct login_record_last last;
    login_record_open(&ann);
    login_record_close(ann.line, ann.process);
    login_record_close_all(ann.process);
    login_record_failure("ann", &peer);
    HOLDS(!login_record_last(ann.uid, &last));
    HOLDS(access(_PATH_UTMP, F_OK) != 0 && access(_PATH_WTMP, F_OK) != 0);
    HOLDS(access(_PATH_LASTLOG, F_OK) != 0 && access("/var/log/btmp", F_OK) != 0);
}

static void a_login_and_its_end_are_written(void **state)
{
    (void)state;
    apart(open_and_close, true);
}

static void a_line_that_is_anothers_by_now_stays_open(void **state)
{
    (void)state;
    apart(anothers_line, true);
}

static void what_a_dead_process_left_open_is_closed(void **state)
{
    (void)state;
    apart(many_lines, true);
}

static void a_failure_is_written_where_others_cannot_read_it(void **state)
{
    (void)state;
    apart(failures, true);
}

static void files_that_are_not_there_stay_away(void **state)
{
    (void)state;
    apart(no_files, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_and_its_end_are_written),
        cmocka_unit_test(a_line_that_is_anothers_by_now_stays_open),
        cmocka_unit_test(what_a_dead_process_left_open_is_closed),
        cmocka_unit_test(a_failure_is_written_where_others_cannot_read_it),
        cmocka_unit_test(files_that_are_not_there_stay_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
