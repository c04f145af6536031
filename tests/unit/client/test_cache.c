/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/cache.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void fill(void *context, struct span out)
{
    memset(out.data, *(const char *)context, out.len);
}

static char letters[] = "ro";
static const struct rng rng = { fill, letters };
static const struct rng other_rng = { fill, letters + 1 };

static const char host[] = "me@git.example:22", fingerprint[] = "SHA256:abc";

static struct cache_entry example_for(const char *name)
{
    struct cache_entry entry;
    assert_false(cache_find(BYTES_NONE, name, &rng, &entry));
    strcpy(entry.kex, "curve25519-sha256");
    strcpy(entry.host_key, "ssh-ed25519");
    cache_set_key(&entry, fingerprint);
    entry.is_careful = true;
    return entry;
}

static void assert_same(const struct cache_entry *a, const struct cache_entry *b)
{
    assert_string_equal(a->host, b->host);
    assert_memory_equal(a->secret, b->secret, CACHE_SECRET_LEN);
    assert_string_equal(a->kex, b->kex);
    assert_string_equal(a->host_key, b->host_key);
    assert_string_equal(a->key, b->key);
    assert_int_equal(a->is_careful, b->is_careful);
}

static void replace(struct bytes before, const struct cache_entry *entry, struct buf *after)
{
    assert_int_equal(cache_replace(before, entry, after), OK);
}

static void what_is_kept_is_found(void **state)
{
    (void)state;
    struct cache_entry found, example = example_for(host);
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &example, &file);
    assert_true(cache_is_valid(buf_bytes(&file)));
    assert_true(cache_find(buf_bytes(&file), host, &other_rng, &found));
    assert_same(&found, &example);
    assert_true(cache_has_key(&found, fingerprint));
    assert_false(cache_has_key(&found, "SHA256:abd"));
    assert_false(cache_has_key(&found, ""));
}

static void each_user_of_a_host_and_port_is_one_of_their_own(void **state)
{
    (void)state;
    static const char *const others[] = { "me@git.example:2222", "you@git.example:22",
                                          "me@git.example" };
    struct cache_entry found, example = example_for(host);
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &example, &file);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_false(cache_find(buf_bytes(&file), others[i], &other_rng, &found));
        assert_string_equal(found.host, others[i]);
        assert_string_equal(found.kex, "");
        assert_false(cache_has_key(&found, fingerprint));
    }
}

static void the_file_names_neither_user_nor_host_nor_key(void **state)
{
    (void)state;
    struct cache_entry example = example_for(host);
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &example, &file);
    static const char *const names[] = { "me@", "git", "example", ":22", "SHA256", "abc" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_null(strstr(buf_text(&file), names[i]));
}

/* Otherwise the same hosts could be seen in the files of two people. */
static void another_secret_gives_other_lines(void **state)
{
    (void)state;
    struct cache_entry mine = example_for(host), theirs;
    (void)cache_find(BYTES_NONE, host, &other_rng, &theirs);
    cache_set_key(&theirs, fingerprint);
    assert_string_not_equal(mine.key, theirs.key);
    scoped(buf) my_file = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) their_file = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &mine, &my_file);
    replace(BYTES_NONE, &theirs, &their_file);
    const char *line = strrchr(buf_text(&my_file), '\n') - 60;
    while (line[-1] != '\n')
        line--;
    assert_null(strstr(buf_text(&their_file), line));
    /* Nothing of a file with another secret can be kept. */
    struct cache_entry found;
    scoped(buf) next = BUF_EMPTY(CACHE_FILE_MAX);
    struct cache_entry other = example_for("other");
    replace(buf_bytes(&their_file), &other, &next);
    assert_true(cache_find(buf_bytes(&next), "other", &rng, &found));
    assert_false(cache_find(buf_bytes(&next), host, &rng, &found));
}

static void a_host_has_one_line_and_the_newest_is_first(void **state)
{
    (void)state;
    struct cache_entry example = example_for(host), other = example_for("other"), found;
    struct cache_entry changed = example;
    strcpy(other.kex, "other");
    strcpy(changed.kex, "changed");
    scoped(buf) one = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) two = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) three = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &example, &one);
    replace(buf_bytes(&one), &other, &two);
    replace(buf_bytes(&two), &changed, &three);
    assert_true(cache_find(buf_bytes(&three), host, &rng, &found));
    assert_string_equal(found.kex, "changed");
    assert_true(cache_find(buf_bytes(&three), "other", &rng, &found));
    assert_null(strstr(buf_text(&three), example.kex));
    assert_true(strstr(buf_text(&three), "changed") < strstr(buf_text(&three), "other"));
}

static void what_is_no_line_of_ours_is_dropped(void **state)
{
    (void)state;
    struct cache_entry example = example_for(host);
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) next = BUF_EMPTY(CACHE_FILE_MAX);
    replace(BYTES_NONE, &example, &file);
    assert_int_equal(buf_append_text(&file, "junk\nx\tslow\ta\tb\tc\nother\tfast\ta\tb\tc\n"), OK);
    replace(buf_bytes(&file), &example, &next);
    assert_null(strstr(buf_text(&next), "junk"));
    assert_null(strstr(buf_text(&next), "slow"));
    assert_non_null(strstr(buf_text(&next), "other\tfast"));
}

static void old_hosts_are_forgotten(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY(CACHE_FILE_MAX);
    struct cache_entry found;
    char name[32];
    for (int i = 0; i < CACHE_ENTRIES_MAX + 10; i++) {
        struct buf next = BUF_EMPTY(CACHE_FILE_MAX);
        (void)snprintf(name, sizeof(name), "host%d", i);
        struct cache_entry entry = example_for(name);
        replace(buf_bytes(&file), &entry, &next);
        buf_wipe(&file);
        file = next;
    }
    assert_false(cache_find(buf_bytes(&file), "host0", &rng, &found));
    assert_true(cache_find(buf_bytes(&file), "host20", &rng, &found));
    assert_true(cache_find(buf_bytes(&file), name, &rng, &found));
    buf_wipe(&file);
}

#define HEADING "# glassh: what is known of servers, for faster logins; may be deleted\n"

static void a_damaged_file_is_an_empty_one(void **state)
{
    (void)state;
    static const char *const files[] = {
        "",
        "\n\n\n",
        "\t\t\t\t\t\n",
        HEADING,
        HEADING "git.example:22\tfast\ta\tb\tSHA256:abc\tSSH-2.0-x\n", /* the former format */
        HEADING "secret\n",
        HEADING "secret\tcnI=\n",
        HEADING "secret\t!\n",
    };
    struct cache_entry found, example = example_for(host);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        assert_false(cache_is_valid(bytes_text(files[i])));
        assert_false(cache_find(bytes_text(files[i]), host, &rng, &found));
        assert_string_equal(found.host, host);
        scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
        replace(bytes_text(files[i]), &example, &file);
        assert_null(strstr(buf_text(&file), "git"));
        assert_true(cache_find(buf_bytes(&file), host, &rng, &found));
        assert_same(&found, &example);
    }
}

int main(void)
{
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found),
        cmocka_unit_test(each_user_of_a_host_and_port_is_one_of_their_own),
        cmocka_unit_test(the_file_names_neither_user_nor_host_nor_key),
        cmocka_unit_test(another_secret_gives_other_lines),
        cmocka_unit_test(a_host_has_one_line_and_the_newest_is_first),
        cmocka_unit_test(what_is_no_line_of_ours_is_dropped),
        cmocka_unit_test(old_hosts_are_forgotten),
        cmocka_unit_test(a_damaged_file_is_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
