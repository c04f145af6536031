/* SPDX-License-Identifier: BSD-2-Clause */
/* make-man-options client|server TEMPLATE: prints the template, a page in mdoc(7), with what the tables of options
 * say in place of the lines @OPTIONS@ and @IGNORED@, and @KEY_OPTIONS@ for those of authorized_keys. */
#include "config/client_options.h"
#include "config/server_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    char character;
    const char *troff;
} escapes[] = {
    { '\\', "\\e" }, { '~', "\\(ti" }, { '^', "\\(ha" }, { '\'', "\\(aq" }, { '"', "\\(dq" },
};

static void print_character(char character)
{
    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        if (escapes[i].character == character) {
            (void)fputs(escapes[i].troff, stdout);
            return;
        }
    }
    (void)putchar(character);
}

/* Text that troff takes literally; it wants each sentence on a line of its own. */
static void print_text(const char *text)
{
    for (; *text; text++) {
        bool ends_sentence = strncmp(text, ". ", 2) == 0;
        print_character(*text);
        if (!ends_sentence)
            continue;
        (void)putchar('\n');
        text++;
    }
}

/* Names of values that have a better known one. */
static bool is_other_name(const char *name)
{
    static const char *const others[] = { "true",   "false", "off",
                                          "SILENT", "DEBUG", "without-password" };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(name, others[i]) == 0)
            return true;
    }
    return false;
}

static void print_choices(const struct option_choice *choice)
{
    const char *before = " ";
    for (; choice->name; choice++) {
        if (is_other_name(choice->name))
            continue;
        (void)printf("%sCm %s", before, choice->name);
        before = " | ";
    }
}

static const char *const values_of[] = {
#define KIND(name, member, collects, parse, print, written) [OPTION_##name] = written,
#include "config/option_kind.def"
#undef KIND
};

static const struct option_pending *find_pending(const struct option_pending *pending,
                                                 const char *keyword)
{
    while (pending && pending->keyword && strcmp(pending->keyword, keyword) != 0)
        pending++;
    return pending && pending->keyword ? pending : NULL;
}

/* "a|b" as "a or b". */
static void print_alternatives(const char *values)
{
    for (; *values; values++)
        (void)fputs(*values == '|' ? " or " : (char[]){ *values, 0 }, stdout);
}

static void print_pending(const struct option_pending *pending)
{
    (void)fputs("\nFor now only ", stdout);
    print_alternatives(pending->values);
    (void)fputs(" is taken: ", stdout);
    print_text(pending->reason);
    (void)putchar('.');
}

static void print_option(const struct option_row *row, const struct option_pending *pending)
{
    (void)printf(".It Cm %s%s", row->keyword, values_of[row->kind]);
    if (row->kind == OPTION_CHOICE)
        print_choices(row->choices);
    if ((row->kind == OPTION_SECONDS || row->kind == OPTION_NUMBER) && row->min < 0)
        (void)fputs(" | Cm none", stdout);
    (void)putchar('\n');
    print_text(row->help);
    if (row->in_match)
        (void)fputs(" (In Match.)", stdout);
    if (pending) {
        print_pending(pending);
    } else if (row->fallback) {
        (void)fputs("\nThe default is\n.Ql ", stdout);
        print_text(row->fallback);
        (void)fputs(" .", stdout);
    }
    (void)putchar('\n');
}

static int by_keyword(const void *left, const void *right)
{
    const struct option_row *const *a = left;
    const struct option_row *const *b = right;
    return strcasecmp((*a)->keyword, (*b)->keyword);
}

static void print_options(const struct option_table *table, const struct option_pending *pending)
{
    const struct option_row **rows = calloc(table->row_count, sizeof(*rows));
    if (!rows)
        abort();
    for (size_t i = 0; i < table->row_count; i++)
        rows[i] = &table->rows[i];
    qsort(rows, table->row_count, sizeof(*rows), by_keyword);
    (void)puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < table->row_count; i++)
        print_option(rows[i], find_pending(pending, rows[i]->keyword));
    (void)puts(".El");
    free(rows);
}

static void print_ignored_row(const struct option_ignored *row)
{
    (void)printf(".It Cm %s", row->keyword);
    if (strcmp(row->values, "*") != 0) {
        (void)putchar(' ');
        for (const char *c = row->values; *c; c++)
            (void)fputs(*c == '|' ? " | " : (char[]){ *c, 0 }, stdout);
    }
    (void)fputs("\n", stdout);
    print_text(row->reason);
    (void)fputs("\n", stdout);
}

static void print_ignored(const struct option_table *table)
{
    (void)puts(".Bl -tag -compact -width Ds");
    for (size_t i = 0; i < table->ignored_count; i++)
        if (*table->ignored[i].values)
            print_ignored_row(&table->ignored[i]);
    (void)puts(".El");
}

static void print_key_option(const char *title, const char *help)
{
    (void)printf(".It %s\n", title);
    print_text(help);
    (void)putchar('\n');
}

static void print_key_options(void)
{
    (void)puts(".Bl -tag -width Ds");
#define FLAG(name, permission, grants, help) print_key_option("Cm " name " | no-" name, help);
#define WORD(name, take, help)               print_key_option("Cm " name, help);
#define VALUE(name, take, value, help)       print_key_option("Cm " name " Ns = Ns Qq Ar " value, help);
#include "trust/key_options.def"
#undef FLAG
#undef WORD
#undef VALUE
    (void)puts(".El");
}

int main(int argc, char **argv)
{
    bool is_server = argc == 3 && strcmp(argv[1], "server") == 0;
    FILE *template = argc == 3 ? fopen(argv[2], "r") : NULL;
    const struct option_table *table = is_server ? server_options_table() : client_options_table();
    struct server_options *options = server_options_new();
    char line[4096];
    if (!template) {
        (void)fputs("usage: make-man-options client|server template\n", stderr);
        return 1;
    }
    while (fgets(line, sizeof(line), template)) {
        if (strcmp(line, "@OPTIONS@\n") == 0)
            print_options(table, is_server ? options->pending : NULL);
        else if (strcmp(line, "@IGNORED@\n") == 0)
            print_ignored(table);
        else if (strcmp(line, "@KEY_OPTIONS@\n") == 0)
            print_key_options();
        else
            (void)fputs(line, stdout);
    }
    (void)fclose(template);
    server_options_free(options);
    return 0;
}
