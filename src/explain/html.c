/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/html.h"

#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MARK_MAX = 4096, TEXT_MAX = 16 * 1024 };

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";

static const char frame_style[] =
    ":root{color-scheme:light dark;--ground:#f6f7f9;--panel:#fff;--ink:#1b2430;--quiet:#566273;"
    "--line:#c9d1db;--client:#0b66a8;--server:#8a3fa0;--good:#1d7a3e;--warn:#8f5a00;--bad:#b3261e}"
    "\n"
    "@media(prefers-color-scheme:dark){:root{--ground:#12161c;--panel:#1a2029;--ink:#e4e9f0;"
    "--quiet:#9eabbb;--line:#37424f;--client:#6cb6f0;--server:#d39be6;--good:#6fce90;--warn:#"
    "e6b455;"
    "--bad:#ff8a80}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);"
    "font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\n"
    "main{max-width:66rem;margin:0 auto;padding:2rem 1.25rem 4rem}\n"
    "h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0 .5rem;text-wrap:balance}\n"
    "h1::first-letter{text-transform:uppercase}\n"
    "h2{font-size:1.15rem;margin:2.25rem 0 .75rem}\n"
    "p{margin:.25rem 0}\n"
    ".kicker{color:var(--quiet);font-size:.875rem;margin:0}\n"
    ".lesson{font-size:1.1rem;max-width:46rem;color:var(--quiet)}\n"
    ".mono{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}\n"
    ".facts{display:flex;flex-wrap:wrap;gap:.75rem 2rem;margin:1.25rem 0 0}\n"
    ".facts div{display:flex;flex-direction:column-reverse}\n"
    ".facts dt{color:var(--quiet);font-size:.8rem}\n"
    ".facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}\n"
    ".figure{background:var(--panel);border:1px solid var(--line);border-radius:.6rem;padding:1rem;"
    "margin:0}\n"
    ".figure svg{display:block;width:100%;height:auto}\n"
    ".figure figcaption{color:var(--quiet);font-size:.875rem;margin-top:.5rem}\n"
    ".hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);"
    "white-space:nowrap}\n"
    "@media print{body{background:#fff}main{padding:0}}\n";

struct html html_begin(struct buf *out, const char *title, const char *style)
{
    struct html h = { out, OK };
    html_mark(&h, "%s<title>", head);
    html_text(&h, title);
    html_mark(&h, "</title>\n<style>\n");
    if (h.err == OK)
        h.err = buf_append_text(out, frame_style);
    if (h.err == OK)
        h.err = buf_append_text(out, style);
    html_mark(&h, "</style>\n</head>\n<body>\n<main>\n");
    return h;
}

enum err html_end(struct html *h)
{
    html_mark(h, "</main>\n</body>\n</html>\n");
    return h->err;
}

void html_mark(struct html *h, const char *format, ...)
{
    char text[MARK_MAX];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (h->err == OK)
        h->err = len >= MARK_MAX ? ERR_NO_SPACE : buf_append_text(h->out, text);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(struct html *h, const char *text)
{
    char safe[TEXT_MAX];
    const char *at = escape_text(bytes_text(text), safe, sizeof(safe));
    while (*at && h->err == OK) {
        size_t plain = strcspn(at, "&<>\"'");
        h->err = buf_append(h->out, bytes_of(at, plain));
        at += plain;
        if (*at && h->err == OK)
            h->err = buf_append_text(h->out, entity(*at++));
    }
}

void html_element(struct html *h, const char *name, const char *class, const char *text)
{
    html_mark(h, "<%s class=\"%s\">", name, class);
    html_text(h, text);
    html_mark(h, "</%s>", name);
}
