/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/known_hosts.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/keys/key_vectors.h"

#define ED_1 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1JI"
#define ED_2 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIBp6PVW0z2o9C4Ukv/JOgmK7QMFe1pD1s3ADFF7IQob"
#define EC_1                                                                                      \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAxZW5ZDq1vcnSlYbTP" \
    "vQGN3PbGgRO0ht5Rcd/JwWr5AAw2iPY4d/5Lxvybfb6ZttqsKJJUwhg38wpF5CCmlpQc="

static struct buf blob_of(const char *line)
{
    struct buf blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct bytes type, comment;
    assert_int_equal(public_key_parse_line(bytes_text(line), &type, &blob, &comment), OK);
    return blob;
}

/* The verdict of one file about key ED_1 for the host, and the line that decides. */
static void expect(const char *text, const char *host, enum known_hosts_verdict verdict,
                   size_t line)
{
    const struct known_hosts_file file = { "file", bytes_text(text) };
    scoped(buf) blob = blob_of(ED_1);
    struct known_hosts_answer answer =
        known_hosts_check(&file, 1, bytes_text(host), buf_bytes(&blob));
    assert_int_equal(answer.verdict, verdict);
    assert_int_equal(answer.entry.line, line);
}

/* ---- verdicts ---- */

static void a_host_is_known_by_its_key(void **state)
{
    (void)state;
    expect("host " ED_1 "\n", "host", KNOWN_HOSTS_KNOWN, 1);
    expect("# comment\r\n\r\nHost,other\t" ED_1 " comment\r\n", "host", KNOWN_HOSTS_KNOWN, 3);
    expect("  [host]:2222   " ED_1, "[host]:2222", KNOWN_HOSTS_KNOWN, 1);
    expect("2001:db8::1 " ED_1, "2001:db8::1", KNOWN_HOSTS_KNOWN, 1);
}

static void a_host_without_a_line_is_new(void **state)
{
    (void)state;
    expect("", "host", KNOWN_HOSTS_NEW, 0);
    expect("other " ED_1 "\n", "host", KNOWN_HOSTS_NEW, 0);
    expect("host " ED_1 "\n", "[host]:2222", KNOWN_HOSTS_NEW, 0);
    expect("[host]:2222 " ED_1 "\n", "host", KNOWN_HOSTS_NEW, 0);
    expect("#host " ED_1 "\n", "host", KNOWN_HOSTS_NEW, 0);
}

static void another_key_of_the_type_is_a_change(void **state)
{
    (void)state;
    expect("host " ED_2 "\n", "host", KNOWN_HOSTS_CHANGED, 1);
    expect("host " EC_1 "\nhost " ED_2 "\n", "host", KNOWN_HOSTS_CHANGED, 2);
    expect("host " ED_2 "\nhost " ED_1 "\n", "host", KNOWN_HOSTS_KNOWN, 2);
}

static void a_key_of_another_type_is_one_more(void **state)
{
    (void)state;
    expect("host " EC_1 "\n", "host", KNOWN_HOSTS_OTHER_TYPE, 1);
    expect("host ssh-new AAAAB3NzaC1uZXc=\n", "host", KNOWN_HOSTS_OTHER_TYPE, 1);
    expect("host ssh-new AAAAB3NzaC1uZXc\n", "host", KNOWN_HOSTS_NEW, 0);
}

static void patterns_name_many_hosts(void **state)
{
    (void)state;
    const char *text = "*.example.org,!bad.example.org,192.0.2.? " ED_1 "\n";
    expect(text, "a.example.org", KNOWN_HOSTS_KNOWN, 1);
    expect(text, "192.0.2.7", KNOWN_HOSTS_KNOWN, 1);
    expect(text, "bad.example.org", KNOWN_HOSTS_NEW, 0);
    expect(text, "example.org", KNOWN_HOSTS_NEW, 0);
}

static void a_revoked_key_is_worse_than_anything(void **state)
{
    (void)state;
    expect("host " ED_1 "\n@revoked * " ED_1 "\n", "host", KNOWN_HOSTS_REVOKED, 2);
    expect("@revoked host " ED_1 "\nhost " ED_1 "\n", "host", KNOWN_HOSTS_REVOKED, 1);
    expect("@revoked other " ED_1 "\nhost " ED_1 "\n", "host", KNOWN_HOSTS_KNOWN, 2);
    expect("@revoked host " ED_2 "\n", "host", KNOWN_HOSTS_NEW, 0);
}

static void authorities_and_unknown_marks_are_passed_over(void **state)
{
    (void)state;
    expect("@cert-authority host " ED_1 "\n", "host", KNOWN_HOSTS_NEW, 0);
    expect("@what host " ED_1 "\n", "host", KNOWN_HOSTS_NEW, 0);
    expect("@Revoked host " ED_1 "\nhost " ED_1, "host", KNOWN_HOSTS_KNOWN, 2);
}

static void damaged_lines_are_passed_over(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "host",
        "host ssh-ed25519",
        "host ssh-ed25519 AAAA",
        "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1JI",
        "host ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1J",
        "host 1024 35 123456789",
        "@revoked",
        "@revoked host",
        "|1|host " ED_1,
        "|1|" ED_1,
        "|1|a|b|c " ED_1,
        "|2|D7DskcG/LxYvcyZ84xEoCZW0g0U=|iDoSrV+3PulXcGxcVdHGzkMn270= " ED_1,
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        scoped(buf) text = BUF_EMPTY(4096);
        assert_int_equal(buf_format(&text, "%s\nhost %s\n", lines[i], ED_1), OK);
        expect(lines[i], "host", KNOWN_HOSTS_NEW, 0);
        expect(buf_text(&text), "host", KNOWN_HOSTS_KNOWN, 2);
    }
}

static void a_line_over_the_limit_does_not_hide_the_next(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(4 * LIMIT_LINE);
    assert_int_equal(buf_append_text(&text, "host "), OK);
    while (buf_len(&text) <= LIMIT_LINE)
        assert_int_equal(buf_append_text(&text, "                "), OK);
    assert_int_equal(buf_append_text(&text, ED_2 "\nhost " ED_1 "\n"), OK);
    expect(buf_text(&text), "host", KNOWN_HOSTS_KNOWN, 2);
}

static void the_files_count_as_one_and_the_first_of_the_strongest_decides(void **state)
{
    (void)state;
    const struct known_hosts_file files[] = {
        { "empty", BYTES_NONE },
        { "user", B("host " ED_2) },
        { "global", B("\nhost " ED_1 "\nhost " ED_1 "\n") },
        { "last", B("@revoked elsewhere " ED_1 "\n") },
    };
    scoped(buf) blob = blob_of(ED_1);
    struct known_hosts_answer answer = known_hosts_check(files, 2, B("host"), buf_bytes(&blob));
    assert_int_equal(answer.verdict, KNOWN_HOSTS_CHANGED);
    assert_string_equal(answer.entry.label, "user");
    assert_true(bytes_is(answer.entry.key, ED_2));
    answer = known_hosts_check(files, 4, B("host"), buf_bytes(&blob));
    assert_int_equal(answer.verdict, KNOWN_HOSTS_KNOWN);
    assert_string_equal(answer.entry.label, "global");
    assert_int_equal(answer.entry.line, 2);
    answer = known_hosts_check(files, 4, B("elsewhere"), buf_bytes(&blob));
    assert_int_equal(answer.verdict, KNOWN_HOSTS_REVOKED);
    answer = known_hosts_check(files, 0, B("host"), buf_bytes(&blob));
    assert_int_equal(answer.verdict, KNOWN_HOSTS_NEW);
}

/* ---- walking ---- */

/* The lines of a recorded file that are for the host, against those ssh-keygen -F finds. */
static void expect_lines(const char *name, const char *host, const size_t *lines)
{
    scoped(buf) text = key_vectors_read(name);
    const struct known_hosts_file file = { name, buf_bytes(&text) };
    struct known_hosts_walk walk = known_hosts_walk(&file, 1);
    struct known_hosts_entry entry;
    while (known_hosts_next(&walk, &entry)) {
        if (known_hosts_has_host(&entry, bytes_text(host)))
            assert_int_equal(entry.line, *lines++);
    }
    assert_int_equal(*lines, 0);
}

static void the_lines_for_a_host_are_those_of_ssh_keygen(void **state)
{
    (void)state;
    const char *file = "hostkeys/known_hosts";
    /* Line 41 has a type that ssh-keygen does not know. */
    expect_lines(file, "sisyphus.example.com",
                 (size_t[]){ 2, 3, 4, 12, 13, 14, 17, 18, 19, 33, 40, 41, 0 });
    expect_lines(file, "prometheus.example.com",
                 (size_t[]){ 7, 8, 9, 12, 13, 14, 21, 24, 27, 34, 42, 0 });
    expect_lines(file, "192.0.2.1", (size_t[]){ 7, 8, 9, 12, 13, 14, 22, 25, 28, 0 });
    expect_lines(file, "2001:db8::1", (size_t[]){ 7, 8, 9, 12, 13, 14, 23, 26, 29, 0 });
    expect_lines(file, "foo.example.com", (size_t[]){ 12, 13, 14, 0 });
    expect_lines(file, "elsewhere", (size_t[]){ 0 });
}

static void hashed_names_are_found(void **state)
{
    (void)state;
    const char *file = "generated/known_hosts_hashed";
    expect_lines(file, "host.example.com", (size_t[]){ 1, 0 });
    expect_lines(file, "10.1.2.3", (size_t[]){ 2, 0 });
    expect_lines(file, "[host.example.com]:2222", (size_t[]){ 3, 0 });
    expect_lines(file, "[10.1.2.3]:2222", (size_t[]){ 4, 0 });
    expect_lines(file, "a.wild.example", (size_t[]){ 5, 0 });
    expect_lines(file, "bad.wild.example", (size_t[]){ 0 });
    expect_lines(file, "old.example.com", (size_t[]){ 7, 0 });
    expect_lines(file,
                 "|1|D7DskcG/LxYvcyZ84xEoCZW0g0U=|iDoSrV+3PulXcGxcVdHGzkMn270=", (size_t[]){ 0 });
}

static void every_line_with_the_same_key_can_be_found(void **state)
{
    (void)state;
    const struct known_hosts_file files[] = {
        { "user", B("a " ED_1 "\nb " ED_2 "\nc,d " ED_1 " comment\n") },
        { "global", B("@revoked e " ED_1 "\n|1|x|y " ED_1) },
    };
    static const char *const hosts[] = { "a", "c,d", "e", "|1|x|y" };
    scoped(buf) blob = blob_of(ED_1);
    struct known_hosts_walk walk = known_hosts_walk(files, 2);
    struct known_hosts_entry entry;
    size_t count = 0;
    while (known_hosts_next(&walk, &entry)) {
        if (known_hosts_has_key(&entry, buf_bytes(&blob)))
            assert_true(bytes_is(entry.hosts, hosts[count++]));
    }
    assert_int_equal(count, 4);
}

static void the_types_known_for_a_host_come_in_order_and_once(void **state)
{
    (void)state;
    const struct known_hosts_file files[] = {
        { "user", B("host " EC_1 "\nother ssh-rsa AAAAB3NzaC1yc2E=\nhost " ED_1 "\n") },
        { "global", B("host " EC_1 "\n@revoked host ssh-rsa AAAAB3NzaC1yc2E=\n"
                      "@cert-authority host ssh-rsa AAAAB3NzaC1yc2E=\nhost ssh-rsa AAAA\n") },
    };
    scoped(buf) types = BUF_EMPTY(256);
    assert_int_equal(buf_append_text(&types, "before:"), OK);
    assert_int_equal(known_hosts_types(files, 2, B("host"), &types), OK);
    assert_true(bytes_is(buf_bytes(&types), "before:ecdsa-sha2-nistp256,ssh-ed25519"));
    buf_clear(&types);
    assert_int_equal(known_hosts_types(files, 2, B("nobody"), &types), OK);
    assert_int_equal(buf_len(&types), 0);
}

/* ---- writing ---- */

static void names_are_lower_case_and_tell_an_unusual_port(void **state)
{
    (void)state;
    scoped(buf) name = BUF_EMPTY(256);
    assert_int_equal(known_hosts_name(B("Host.Example"), 22, &name), OK);
    assert_true(bytes_is(buf_bytes(&name), "host.example"));
    buf_clear(&name);
    assert_int_equal(known_hosts_name(B("2001:DB8::1"), 2222, &name), OK);
    assert_true(bytes_is(buf_bytes(&name), "[2001:db8::1]:2222"));
}

static void a_name_that_means_something_else_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = { "",   "a b", "a\tb", "a\nb", "a,b", "*",  "a?",  "!a",
                                         "#a", "@a",  "|1|a", "a\"",  "[a]", "a]", "\x7f" };
    scoped(buf) blob = blob_of(ED_1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        scoped(buf) out = BUF_EMPTY(1024);
        assert_int_equal(known_hosts_name(bytes_text(names[i]), 22, &out), ERR_BAD_VALUE);
        if (!strpbrk(names[i], ",[]"))
            assert_int_equal(known_hosts_line(bytes_text(names[i]), buf_bytes(&blob), NULL, &out),
                             ERR_BAD_VALUE);
        assert_int_equal(buf_len(&out), 0);
    }
}

static void a_plain_line_reads_back(void **state)
{
    (void)state;
    scoped(buf) blob = blob_of(ED_1);
    scoped(buf) line = BUF_EMPTY(1024);
    assert_int_equal(known_hosts_line(B("[host]:2222,192.0.2.7"), buf_bytes(&blob), NULL, &line),
                     OK);
    assert_true(bytes_is(buf_bytes(&line), "[host]:2222,192.0.2.7 " ED_1 "\n"));
    expect(buf_text(&line), "[host]:2222", KNOWN_HOSTS_KNOWN, 1);
    expect(buf_text(&line), "192.0.2.7", KNOWN_HOSTS_KNOWN, 1);
}

static void fill_counting(void *context, struct span out)
{
    (void)context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (uint8_t)i;
}

static void a_hashed_line_reads_back_and_hides_the_name(void **state)
{
    (void)state;
    const struct rng rng = { fill_counting, NULL };
    scoped(buf) blob = blob_of(ED_1);
    scoped(buf) line = BUF_EMPTY(1024);
    assert_int_equal(known_hosts_line(B("[host]:2222"), buf_bytes(&blob), &rng, &line), OK);
    assert_true(bytes_starts(buf_bytes(&line), "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|"));
    assert_null(strstr(buf_text(&line), "host"));
    expect(buf_text(&line), "[host]:2222", KNOWN_HOSTS_KNOWN, 1);
    expect(buf_text(&line), "host", KNOWN_HOSTS_NEW, 0);
    assert_int_equal(known_hosts_line(B("a,b"), buf_bytes(&blob), &rng, &line), ERR_BAD_VALUE);
}

static void a_line_needs_a_key_and_room(void **state)
{
    (void)state;
    scoped(buf) blob = blob_of(ED_1);
    scoped(buf) line = BUF_EMPTY(40);
    assert_int_equal(known_hosts_line(B("host"), B("\0\0\0\7ssh rsa"), NULL, &line), ERR_BAD_VALUE);
    assert_int_equal(known_hosts_line(B("host"), BYTES_NONE, NULL, &line), ERR_BAD_VALUE);
    assert_int_equal(known_hosts_line(B("host"), buf_bytes(&blob), NULL, &line), ERR_NO_SPACE);
    assert_int_equal(buf_len(&line), 0);
}

/* Cuts and single changed octets: never more than a wrong verdict, never a read behind the end. */
static void no_damage_to_a_file_does_harm(void **state)
{
    (void)state;
    scoped(buf) text = key_vectors_read("generated/known_hosts_hashed");
    scoped(buf) blob = blob_of(ED_1);
    for (size_t len = 0; len < buf_len(&text); len++) {
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, text.data, len);
        if (len)
            copy[len / 2] ^= 0x21;
        const struct known_hosts_file file = { "cut", bytes_of(copy, len) };
        (void)known_hosts_check(&file, 1, B("host.example.com"), buf_bytes(&blob));
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_known_by_its_key),
        cmocka_unit_test(a_host_without_a_line_is_new),
        cmocka_unit_test(another_key_of_the_type_is_a_change),
        cmocka_unit_test(a_key_of_another_type_is_one_more),
        cmocka_unit_test(patterns_name_many_hosts),
        cmocka_unit_test(a_revoked_key_is_worse_than_anything),
        cmocka_unit_test(authorities_and_unknown_marks_are_passed_over),
        cmocka_unit_test(damaged_lines_are_passed_over),
        cmocka_unit_test(a_line_over_the_limit_does_not_hide_the_next),
        cmocka_unit_test(the_files_count_as_one_and_the_first_of_the_strongest_decides),
        cmocka_unit_test(the_lines_for_a_host_are_those_of_ssh_keygen),
        cmocka_unit_test(hashed_names_are_found),
        cmocka_unit_test(every_line_with_the_same_key_can_be_found),
        cmocka_unit_test(the_types_known_for_a_host_come_in_order_and_once),
        cmocka_unit_test(names_are_lower_case_and_tell_an_unusual_port),
        cmocka_unit_test(a_name_that_means_something_else_is_refused),
        cmocka_unit_test(a_plain_line_reads_back),
        cmocka_unit_test(a_hashed_line_reads_back_and_hides_the_name),
        cmocka_unit_test(a_line_needs_a_key_and_room),
        cmocka_unit_test(no_damage_to_a_file_does_harm),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
