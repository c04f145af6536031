/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/keys_command.h"

#include "base/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct account account = { .uid = 4711,
                                        .name = (char[]){ "ann" },
                                        .home = (char[]){ "/home/ann" } };
static const struct endpoint peer = { "192.0.2.7", 1024 }, local = { "192.0.2.1", 22 };
static const struct keys_command_about about = { &account,
                                                 BYTES_LITERAL("\0\0\0\13ssh-ed25519\0\0\0\4same"),
                                                 "ED25519 SHA256:abc", &peer, &local };

/* The words, with '|' between; "" for a command that is none. */
static const char *words_of(const char *command)
{
    static char text[2000];
    const char *problem = "";
    scoped(buf) words = BUF_EMPTY(KEYS_COMMAND_MAX);
    *text = '\0';
    if (keys_command_expand(command, &about, &words, &problem) != OK) {
        assert_true(*problem != '\0');
        return text;
    }
    struct reader r = reader_over(buf_bytes(&words), NULL);
    while (reader_more(&r)) {
        struct bytes word = reader_string(&r, "word");
        if (*text)
            (void)strcat(text, "|");
        (void)strncat(text, (const char *)word.data, word.len);
    }
    assert_int_equal(reader_end(&r), OK);
    return text;
}

static void tokens_stand_for_the_key_and_the_user(void **state)
{
    (void)state;
    assert_string_equal(words_of("/bin/keys %u %U %h %%"), "/bin/keys|ann|4711|/home/ann|%");
    assert_string_equal(words_of("/bin/keys %t %f"), "/bin/keys|ssh-ed25519|SHA256:abc");
    assert_string_equal(words_of("/bin/keys %k"), "/bin/keys|AAAAC3NzaC1lZDI1NTE5AAAABHNhbWU=");
    assert_string_equal(words_of("/bin/keys %C \"x%D y\""),
                        "/bin/keys|192.0.2.7 1024 192.0.2.1 22|x y");
}

static void a_command_alone_gets_the_user(void **state)
{
    (void)state;
    assert_string_equal(words_of("/bin/keys"), "/bin/keys|ann");
}

static void what_cannot_be_run_is_told(void **state)
{
    (void)state;
    assert_string_equal(words_of("/bin/keys \"%u"), "");
    assert_string_equal(words_of("/bin/keys %q"), "");
    assert_string_equal(words_of(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_stand_for_the_key_and_the_user),
        cmocka_unit_test(a_command_alone_gets_the_user),
        cmocka_unit_test(what_cannot_be_run_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
