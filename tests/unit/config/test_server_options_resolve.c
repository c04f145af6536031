/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct server_options base, own;

struct file {
    const char *name, *content;
};

/* Names that Include gives are those of `files`, whose last one has no name. */
static enum config_source_result read_file(void *context, const char *pattern, size_t index,
                                           struct buf *name, struct buf *content)
{
    for (const struct file *file = context; index == 0 && file->name; file++) {
        if (strcmp(file->name, pattern) != 0)
            continue;
        assert_int_equal(buf_append_text(name, file->name), OK);
        assert_int_equal(buf_append_text(content, file->content), OK);
        return CONFIG_SOURCE_FILE;
    }
    return CONFIG_SOURCE_END;
}

static void resolve(const struct server_match_subject *subject)
{
    assert_int_equal(server_options_resolve(&base, subject, &own), OK);
}

static void resolve_for(const char *user)
{
    const struct server_match_subject subject = { .user = user };
    resolve(&subject);
}

static void start_with(const char *text, struct file *files)
{
    const struct config_source source = { read_file, files };
    server_options_init(&base);
    if (server_options_parse(&base, "config", bytes_text(text), files ? &source : NULL) != OK)
        fail_msg("%s", buf_text(&base.problems));
    assert_int_equal(server_options_finish(&base, "/", "/"), OK);
}

static void start(const char *text)
{
    start_with(text, NULL);
}

static void stop(void)
{
    server_options_wipe(&own);
}

static void a_match_takes_the_place_of_what_is_global(void **state)
{
    (void)state;
    start("Banner /all\nAcceptEnv A\nForceCommand x\nMatch User ann\nBanner /ann\nAcceptEnv B\n"
          "ForceCommand none\nMatch User a*\nBanner /a\nAcceptEnv C\nMaxAuthTries 2\n");
    resolve_for("ann");
    assert_string_equal(own.banner, "/ann");
    assert_int_equal(own.accept_env.count, 2);
    assert_string_equal(own.accept_env.items[0], "B");
    assert_string_equal(own.accept_env.items[1], "C");
    assert_int_equal(own.max_auth_tries, 2);
    assert_null(own.force_command);
    stop();
    resolve_for("amy");
    assert_string_equal(own.banner, "/a");
    assert_int_equal(own.accept_env.count, 1);
    assert_string_equal(own.force_command, "x");
    stop();
    resolve_for("bob");
    assert_string_equal(own.banner, "/all");
    assert_string_equal(own.accept_env.items[0], "A");
    assert_int_equal(own.max_auth_tries, 6);
    stop();
    server_options_wipe(&base);
}

static void what_has_no_effect_is_noted_by_the_same_rules(void **state)
{
    const struct option_ignored *found =
        option_table_find_ignored(server_options_table(), BYTES_LITERAL("x11displayoffset"));
    size_t row = (size_t)(found - server_options_table()->ignored);
    (void)state;
    start("X11DisplayOffset 20\nMatch User ann\nX11DisplayOffset 30\nMatch all\n"
          "X11DisplayOffset 40\n");
    resolve_for("ann");
    assert_string_equal(own.noted[row], "30");
    stop();
    resolve_for("bob");
    assert_string_equal(own.noted[row], "40");
    stop();
    server_options_wipe(&base);
    start("X11DisplayOffset 20\nMatch User ann\nX11DisplayOffset 30\n");
    resolve_for("bob");
    assert_string_equal(own.noted[row], "20");
    stop();
    server_options_wipe(&base);
}

static void what_the_command_line_gave_is_global_too(void **state)
{
    (void)state;
    server_options_init(&base);
    assert_int_equal(server_options_set(&base, BYTES_LITERAL("Banner=/line")), OK);
    assert_int_equal(
        server_options_parse(&base, "config",
                             BYTES_LITERAL("Banner /file\nMatch User ann\nBanner /ann"), NULL),
        OK);
    assert_int_equal(server_options_finish(&base, "/", "/"), OK);
    resolve_for("ann");
    assert_string_equal(own.banner, "/ann");
    stop();
    resolve_for("bob");
    assert_string_equal(own.banner, "/line");
    stop();
    server_options_wipe(&base);
}

static void all_ends_a_block(void **state)
{
    (void)state;
    start("Match User ann\nBanner /ann\nMatch all\nMaxSessions 3\nPort 4711\n");
    assert_int_equal(base.port.numbers[0], 4711);
    resolve_for("bob");
    assert_int_equal(own.max_sessions, 3);
    assert_string_equal(own.banner, "none");
    stop();
    resolve(&(struct server_match_subject){ .user = NULL });
    assert_int_equal(own.max_sessions, 3);
    stop();
    server_options_wipe(&base);
}

static void subsystems_are_added_by_name(void **state)
{
    (void)state;
    start("Subsystem sftp one\nSubsystem x two\nMatch User ann\nSubsystem sftp three\n");
    resolve_for("ann");
    assert_string_equal(server_options_subsystem(&own, BYTES_LITERAL("sftp")), "three");
    assert_string_equal(server_options_subsystem(&own, BYTES_LITERAL("x")), "two");
    assert_int_equal(own.subsystem.count, 2);
    stop();
    resolve_for("bob");
    assert_string_equal(server_options_subsystem(&own, BYTES_LITERAL("sftp")), "one");
    assert_int_equal(own.subsystem.count, 2);
    stop();
    server_options_wipe(&base);
}

static void a_match_ends_with_its_file(void **state)
{
    (void)state;
    struct file files[] = { { "more", "Match User bob\nBanner /bob\n" }, { NULL, NULL } };
    start_with("Include more\nMaxSessions 2\n", files);
    assert_int_equal(base.max_sessions, 2);
    resolve_for("bob");
    assert_string_equal(own.banner, "/bob");
    stop();
    server_options_wipe(&base);
}

static void what_a_block_includes_holds_only_in_it(void **state)
{
    (void)state;
    struct file files[] = {
        { "more",
          "MaxSessions 1\nMatch User *\nBanner /inner\nInclude deep\nMatch User bob\nBanner /x\n" },
        { "deep", "MaxAuthTries 1\n" },
        { NULL, NULL },
    };
    start_with("Match User ann\nInclude more\nClientAliveCountMax 9\n", files);
    resolve_for("ann");
    assert_int_equal(own.max_sessions, 1);
    assert_string_equal(own.banner, "/inner");
    assert_int_equal(own.max_auth_tries, 1);
    assert_int_equal(own.client_alive_count_max, 9);
    stop();
    resolve_for("bob");
    assert_int_equal(own.max_sessions, 10);
    assert_string_equal(own.banner, "none");
    assert_int_equal(own.max_auth_tries, 6);
    assert_int_equal(own.client_alive_count_max, 3);
    stop();
    server_options_wipe(&base);
}

static void problems_in_a_block_have_file_and_line(void **state)
{
    static const char *const rows[][2] = {
        { "Match User ann\nPort 22",
          "config line 2: Directive 'Port' is not allowed within a Match block\n" },
        { "Match User ann\nCompression no",
          "config line 2: Directive 'Compression' is not allowed within a Match block\n" },
        { "Match User ann\nFoo x", "config: line 2: Bad configuration option: foo\n" },
        { "Match User ann\nMaxSessions x", "config line 2: integer value invalid.\n" },
        { "\nMatch foo", "config line 2: Bad Match condition: Unsupported Match attribute foo\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[300];
        server_options_init(&base);
        assert_int_equal(server_options_parse(&base, "config", bytes_text(rows[i][0]), NULL),
                         ERR_BAD_VALUE);
        (void)snprintf(expected, sizeof(expected),
                       "%sconfig: terminating, 1 bad configuration options\n", rows[i][1]);
        assert_string_equal(buf_text(&base.problems), expected);
        server_options_wipe(&base);
    }
}

static void too_much_for_one_list_is_told_when_read(void **state)
{
    scoped(buf) text = BUF_EMPTY(65536);
    (void)state;
    for (int i = 0; i <= OPTION_LIST_MAX; i++)
        assert_int_equal(buf_format(&text, "Match User u%d\nAllowUsers u%d\n", i, i), OK);
    server_options_init(&base);
    assert_int_equal(server_options_parse(&base, "config", buf_bytes(&text), NULL), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&base.problems),
                        "config line 514: too many allowusers entries.\n"
                        "config: terminating, 1 bad configuration options\n");
    server_options_wipe(&base);
}

/* Each row of the table: with a value that every kind takes it is global, or may stand behind a Match, and
 * then wins there and nowhere else. */
static void every_row_is_global_or_wins_in_a_match(void **state)
{
    static const char *const values[] = { "7",        "no",     "/path", "default none", "INFO",
                                          "10:20:30", "sftp x", "A=1",   "any",          "text",
                                          "none",     "24:56",  "AUTH",  "2048" };
    const struct option_table *table = server_options_table();
    (void)state;
    for (size_t row = 0; row < table->row_count; row++) {
        bool is_taken = false;
        for (size_t i = 0; !is_taken && i < sizeof(values) / sizeof(values[0]); i++) {
            char text[200];
            (void)snprintf(text, sizeof(text), "%s %s", table->rows[row].keyword, values[i]);
            server_options_init(&base);
            is_taken = server_options_set(&base, bytes_text(text)) == OK;
            server_options_wipe(&base);
            if (!is_taken)
                continue;
            (void)snprintf(text, sizeof(text), "Match User ann\n%s %s\n", table->rows[row].keyword,
                           values[i]);
            server_options_init(&base);
            enum err err = server_options_parse(&base, "config", bytes_text(text), NULL);
            assert_int_equal(err == OK, table->rows[row].in_match);
            if (err == OK) {
                assert_int_equal(server_options_finish(&base, "/", "/"), OK);
                resolve_for("ann");
                assert_true(server_options_given(&own, table->rows[row].keyword));
                stop();
                resolve_for("bob");
                assert_false(server_options_given(&own, table->rows[row].keyword));
                stop();
            }
            server_options_wipe(&base);
        }
        if (!is_taken)
            fail_msg("no value for %s", table->rows[row].keyword);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_match_takes_the_place_of_what_is_global),
        cmocka_unit_test(what_has_no_effect_is_noted_by_the_same_rules),
        cmocka_unit_test(what_the_command_line_gave_is_global_too),
        cmocka_unit_test(all_ends_a_block),
        cmocka_unit_test(subsystems_are_added_by_name),
        cmocka_unit_test(a_match_ends_with_its_file),
        cmocka_unit_test(what_a_block_includes_holds_only_in_it),
        cmocka_unit_test(problems_in_a_block_have_file_and_line),
        cmocka_unit_test(too_much_for_one_list_is_told_when_read),
        cmocka_unit_test(every_row_is_global_or_wins_in_a_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
