/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/told_line.h"

#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char logged[2000];

static void keep_line(void *context, enum option_log_level level, enum events_id id,
                      const struct events_value *values)
{
    (void)context;
    (void)level;
    assert_int_equal(id, EVENTS_MESSAGE);
    (void)bytes_to_text(values[0].text, logged, sizeof(logged));
}

static enum err tell(uint32_t level, const char *text)
{
    *logged = '\0';
    return told_line_log(&(struct record){ RECORD_LOG, { level }, { bytes_text(text) } });
}

static void a_line_is_logged_as_it_is_told(void **state)
{
    (void)state;
    assert_int_equal(tell(OPTION_LOG_INFO, "Failed \\n for x"), OK);
    assert_string_equal(logged, "Failed \\n for x");
    assert_int_equal(tell(OPTION_LOG_DEBUG3, "not wanted"), OK);
    assert_string_equal(logged, "");
}

static void no_line_can_look_like_two(void **state)
{
    (void)state;
    assert_int_equal(tell(OPTION_LOG_INFO, "one\nAccepted password for root"), OK);
    assert_null(strchr(logged, '\n'));
    assert_int_equal(tell(OPTION_LOG_INFO, "\033[2J"), OK);
    assert_null(strchr(logged, '\033'));
}

static void what_is_no_level_is_refused(void **state)
{
    (void)state;
    assert_int_equal(tell(OPTION_LOG_DEBUG3 + 1, "line"), ERR_BAD_VALUE);
}

static int set_up(void **state)
{
    (void)state;
    log_hand_over(OPTION_LOG_INFO, keep_line, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_logged_as_it_is_told),
        cmocka_unit_test(no_line_can_look_like_two),
        cmocka_unit_test(what_is_no_level_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
