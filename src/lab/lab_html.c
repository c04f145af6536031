/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/lab_html.h"

#include "explain/html.h"
#include "lab/lab_plot.h"
#include "lab/plan.h"
#include "lab/reason.h"

#include <stdio.h>
#include <string.h>

enum { STYLE_MAX = 16 * 1024, TEXT_MAX = 1024 };

/* The rungs are a grid: time, the client's state, the lane, the server's state. The two life lines run behind all of
 * them. On a narrow screen the lane moves below the states, and the life lines to the edges. */
static const char style[] =
    ".ladder{--time:4.75rem;--state:9.25rem;list-style:none;margin:0;padding:0;position:relative;"
    "background:var(--panel);border:1px solid var(--line);border-radius:.6rem}\n"
    ".ladder::before,.ladder::after{content:'';position:absolute;top:3.1rem;bottom:0;width:2px;"
    "background:var(--line)}\n"
    ".ladder::before{left:calc(var(--time) + var(--state))}\n"
    ".ladder::after{right:var(--state)}\n"
    ".row{display:grid;grid-template-columns:var(--time) var(--state) minmax(0,1fr) var(--state);"
    "align-items:start;padding:.3rem 0;position:relative}\n"
    ".ends{position:sticky;top:0;z-index:2;background:var(--panel);border-bottom:1px solid "
    "var(--line);"
    "border-radius:.6rem .6rem 0 0;font-weight:600;padding:.5rem 0}\n"
    ".ends .client,.ends .server{line-height:1.2;padding:0 .6rem}\n"
    ".ends .client{text-align:right;color:var(--client)}\n"
    ".ends .server{color:var(--server);grid-column:4}\n"
    ".ends small{display:block;font-weight:400;color:var(--quiet);font-size:.75rem;"
    "overflow-wrap:anywhere}\n"
    "time{color:var(--quiet);font-size:.8rem;text-align:right;padding-right:.5rem;"
    "font-variant-numeric:tabular-nums;line-height:1.75}\n"
    ".state{font-size:.78rem;font-weight:600;line-height:1.6;padding:0 .55rem;border-radius:1rem;"
    "border:1.5px solid currentColor;white-space:nowrap;width:max-content;max-width:calc(100% - "
    "1rem);color:var(--quiet)}\n"
    ".state.client{justify-self:end;margin-right:.5rem}\n"
    ".state.server{margin-left:.5rem;grid-column:4}\n"
    ".s-syn{color:var(--warn)}.s-open{color:var(--good)}.s-end{color:var(--server)}"
    ".s-wait{color:var(--client)}\n"
    ".lane{padding:0 2px;min-width:0}.alone{grid-column:3}\n"
    ".label{display:block;text-align:center;font-weight:600;font-size:.9rem;line-height:1.4;"
    "padding:0 1rem;overflow-wrap:anywhere}\n"
    ".arrow{position:relative;height:1.15rem}\n"
    ".arrow svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}\n"
    ".arrow line{stroke:currentColor;stroke-width:2;vector-effect:non-scaling-stroke}\n"
    ".arrow i{position:absolute;font-style:normal;line-height:1;bottom:-.42rem;font-size:.85rem}\n"
    ".to-server{color:var(--client)}.to-client{color:var(--server)}\n"
    ".to-server .arrow i{right:-1px}.to-client .arrow i{left:-1px}\n"
    ".lost .arrow i{color:var(--bad);font-size:1.15rem;font-weight:700;bottom:-.1rem}\n"
    ".lost.to-server .arrow i{right:27%}.lost.to-client .arrow i{left:27%}\n"
    ".open line{stroke-dasharray:5 5}\n"
    ".injected .label::before{content:'injected ';color:var(--bad);font-weight:400}\n"
    ".ssh line{stroke-width:6;opacity:.35}\n"
    ".chip{font-size:.72rem;font-weight:600;border-radius:.3rem;padding:.05rem "
    ".35rem;margin-right:.4rem;"
    "border:1px solid currentColor}\n"
    ".sealed .chip::after{content:' encrypted'}\n"
    ".detail{padding:.35rem 1.1rem "
    ".6rem;color:var(--quiet);font-size:.85rem;overflow-wrap:anywhere}\n"
    ".detail p{margin:0 0 .15rem;color:var(--ink)}\n"
    ".detail .mono{color:var(--quiet);font-size:.78rem}\n"
    ".detail .fate{color:var(--bad)}\n"
    ".note{grid-column:3;padding:0 1.1rem;font-size:.88rem}\n"
    ".note.at-client{border-left:3px solid var(--client)}\n"
    ".note.at-server{border-right:3px solid var(--server);text-align:right}\n"
    ".note.at-network{text-align:center;color:var(--quiet)}\n"
    ".change{color:var(--quiet)}\n"
    ".skipped{grid-column:3;text-align:center;color:var(--quiet);font-size:.85rem;"
    "border-block:1px dashed var(--line);padding:.35rem 1rem;margin:.3rem 0}\n"
    ".part{grid-column:1/-1;margin:0;padding:.75rem 1rem "
    ".25rem;background:var(--panel);position:relative;"
    "z-index:1}\n"
    "@media(max-width:46rem){\n"
    "main{padding:1.25rem .6rem 3rem}h1{font-size:1.4rem}\n"
    ".ladder{--state:50%}\n"
    ".ladder::before{left:0}.ladder::after{right:0}\n"
    ".row{grid-template-columns:1fr auto 1fr;padding:.35rem .5rem}\n"
    ".row time{grid-column:2;grid-row:1;padding:0 .3rem;text-align:center}\n"
    ".row .client{grid-column:1;grid-row:1;justify-self:start;text-align:left;margin:0}\n"
    ".row .server{grid-column:3;grid-row:1;justify-self:end;text-align:right;margin:0}\n"
    ".state{max-width:100%;font-size:.7rem;padding:0 .4rem}\n"
    ".lane,.alone,.note,.skipped{grid-column:1/-1;grid-row:2}\n"
    ".detail{padding:.35rem .5rem .5rem}.note{padding:0 .6rem}\n"
    ".row.said{grid-template-columns:auto 1fr}.row.said time{grid-column:1}"
    ".row.said .note,.row.said .skipped{grid-column:2;grid-row:1}\n"
    "}\n"
    "@media print{.ends{position:static}.row{break-inside:avoid}}\n";

static const char *end_name(int host)
{
    return host == 0 ? "client" : host == 1 ? "server" : "network";
}

static const char *state_class(enum flow_state state)
{
    switch (state) {
    case FLOW_STATE_CLOSED:
    case FLOW_STATE_LISTEN:
        break;
    case FLOW_STATE_SYN_SENT:
    case FLOW_STATE_SYN_RECEIVED:
        return " s-syn";
    case FLOW_STATE_ESTABLISHED:
        return " s-open";
    case FLOW_STATE_TIME_WAIT:
        return " s-wait";
    case FLOW_STATE_FIN_WAIT_1:
    case FLOW_STATE_FIN_WAIT_2:
    case FLOW_STATE_CLOSE_WAIT:
    case FLOW_STATE_CLOSING:
    case FLOW_STATE_LAST_ACK:
        return " s-end";
    }
    return "";
}

/* ---- rows ---- */

static void write_time(struct html *h, const struct story *story, struct instant at)
{
    html_mark(h, "<time>%.1f<span class=\"hidden\"> ms</span></time>", story_ms(story, at));
}

static void write_state(struct html *h, int host, enum flow_state state)
{
    html_mark(h, "<span class=\"state %s%s\"><span class=\"hidden\">%s </span>%s</span>",
              end_name(host), state_class(state), end_name(host), flow_state_name(state));
}

/* The arrow slopes down as time passes. A lost one ends on the way; one that crosses another has its other half in
 * another row. */
static void write_arrow(struct html *h, bool to_server, bool is_lost, bool has_head)
{
    int from = to_server ? 0 : 100, to = to_server ? (is_lost ? 70 : 100) : (is_lost ? 30 : 0);
    html_mark(h,
              "<div class=\"arrow\" aria-hidden=\"true\"><svg viewBox=\"0 0 100 10\" "
              "preserveAspectRatio=\"none\"><line x1=\"%d\" y1=\"0\" x2=\"%d\" y2=\"%d\"/></svg>"
              "<i>%s</i></div>",
              from, to, is_lost ? 7 : 10,
              is_lost     ? "✗"
              : !has_head ? ""
              : to_server ? "▶"
                          : "◀");
}

static void write_sentences(struct html *h, const struct story *story, const struct plan_row *row)
{
    char sentences[REASON_MAX][REASON_TEXT], numbers[REASON_TEXT];
    const struct story_segment *s = row->segment;
    const char *fate = reason_fate(s);
    size_t count = reason_sentences(story, s, sentences);
    html_mark(h, "<div class=\"detail\">");
    for (size_t i = 0; i < count; i++)
        html_element(h, "p", "why", sentences[i]);
    if (fate)
        html_element(h, "p", "fate", fate);
    reason_numbers(s, numbers);
    html_mark(h, "<p class=\"mono\">");
    if (row->kind == PLAN_WHOLE && s->copies > 0)
        html_mark(h, "arrives at %.1f ms; ", story_ms(story, s->arrived_at));
    html_text(h, numbers);
    html_mark(h, "</p>");
    if (!s->is_main) {
        char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT], ends[TEXT_MAX];
        ip_address_format_endpoint(&s->source, from);
        ip_address_format_endpoint(&s->destination, to);
        (void)snprintf(ends, sizeof(ends), "from %s to %s", from, to);
        html_element(h, "p", "mono", ends);
    }
    html_mark(h, "</div>");
}

static const char *how(const struct plan_row *row)
{
    const struct story_segment *s = row->segment;
    if (row->kind == PLAN_COMES)
        return row->step->copy > 0 ? "arrives a second time at the " : "arrives at the ";
    return row->kind == PLAN_LEAVES ? "leaves towards the "
           : s->copies > 0          ? "goes to the "
                                    : "is lost on its way to the ";
}

static void write_segment(struct html *h, const struct story *story, const struct plan_row *row)
{
    const struct story_segment *s = row->segment;
    bool to_server = s->from == 0, is_lost = row->kind != PLAN_COMES && s->copies == 0;
    char label[REASON_TEXT];
    reason_label(story, s, label);
    html_mark(h, "<li class=\"row\">");
    write_time(h, story, row->at);
    write_state(h, 0, row->states[0]);
    html_mark(h, "<div class=\"lane\"><div class=\"%s%s%s%s\">",
              to_server ? "to-server" : "to-client", is_lost ? " lost" : "",
              row->kind == PLAN_WHOLE ? "" : " open", s->is_injected ? " injected" : "");
    html_element(h, "span", "label", label);
    html_mark(h, "<span class=\"hidden\"> %s%s</span>", how(row), end_name(1 - s->from));
    write_arrow(h, to_server, is_lost, row->kind != PLAN_LEAVES);
    html_mark(h, "</div>");
    if (row->kind != PLAN_COMES)
        write_sentences(h, story, row);
    html_mark(h, "</div>");
    write_state(h, 1, row->states[1]);
    html_mark(h, "</li>\n");
}

static void write_message(struct html *h, const struct story *story, const struct story_step *step)
{
    bool to_server = step->host == 0;
    html_mark(h, "<li class=\"row\">");
    write_time(h, story, step->at);
    html_mark(h,
              "<div class=\"lane alone\"><div class=\"ssh %s%s\"><span "
              "class=\"label\"><span class=\"chip\">SSH</span>",
              to_server ? "to-server" : "to-client", step->is_sealed ? " sealed" : "");
    html_text(h, step->text);
    html_mark(h, "</span><span class=\"hidden\"> %sto the %s</span>",
              step->is_sealed ? "encrypted, " : "", end_name(1 - step->host));
    write_arrow(h, to_server, false, true);
    html_mark(h, "</div><div class=\"detail\">");
    html_element(h, "p", "why", step->remark);
    html_mark(h, "</div></div></li>\n");
}

/* What an end does, or finds, or how its state changes. */
static void write_said(struct html *h, const struct story *story, const struct story_step *step)
{
    bool is_state = step->kind == STORY_STATE;
    html_mark(h, "<li class=\"row said\">");
    write_time(h, story, step->at);
    html_mark(h, "<p class=\"note at-%s%s\">%s: ", end_name(step->host),
              step->kind == STORY_ACTION ? "" : " change", end_name(step->host));
    if (is_state)
        html_mark(h, "%s → %s, ", flow_state_name(step->old), flow_state_name(step->new));
    html_text(h, step->text);
    html_mark(h, "</p></li>\n");
}

static void write_title(struct html *h, const struct story_step *step)
{
    html_mark(h, "<li class=\"row\"><h3 class=\"part\">");
    html_text(h, step->text);
    html_mark(h, "</h3></li>\n");
}

static void write_step(struct html *h, const struct story *story, const struct story_step *step)
{
    switch (step->kind) {
    case STORY_STATE:
    case STORY_ACTION:
    case STORY_NOTE:
        write_said(h, story, step);
        break;
    case STORY_MESSAGE:
        write_message(h, story, step);
        break;
    case STORY_TITLE:
        write_title(h, step);
        break;
    case STORY_LEAVES:
    case STORY_COMES:
    case STORY_WINDOW:
        break;
    }
}

static void write_skipped(struct html *h, const struct story *story, const struct plan_row *row)
{
    char text[REASON_TEXT];
    reason_skipped(row, text);
    html_mark(h, "<li class=\"row said\">");
    write_time(h, story, row->at);
    html_element(h, "p", "skipped", text);
    html_mark(h, "</li>\n");
}

/* ---- the page ---- */

static void write_fact(struct html *h, const char *name, const char *value)
{
    html_mark(h, "<div><dt>%s</dt><dd>", name);
    html_text(h, value);
    html_mark(h, "</dd></div>\n");
}

static void write_count(struct html *h, const char *name, size_t value)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%zu", value);
    write_fact(h, name, text);
}

static void write_facts(struct html *h, const struct story *story)
{
    size_t lost = 0, again = 0, octets = 0;
    for (size_t i = 0; i < story->segment_count; i++) {
        lost += story->segments[i].fate != STORY_ARRIVES;
        again += story->segments[i].is_again;
        octets += story->segments[i].octets_len;
    }
    char lasted[32];
    double ms = story->step_count > 0 ? story_ms(story, story->steps[story->step_count - 1].at) : 0;
    (void)snprintf(lasted, sizeof(lasted), ms < 10000 ? "%.1f ms" : "%.0f ms", ms);
    html_mark(h, "<dl class=\"facts\">\n");
    write_fact(h, "of virtual time", lasted);
    write_count(h, "packets", story->segment_count);
    write_count(h, "octets, headers too", octets);
    write_count(h, "did not arrive", lost);
    write_count(h, "sent again", again);
    write_fact(h, "client at the end", flow_state_name(story->states[0]));
    write_fact(h, "server at the end", flow_state_name(story->states[1]));
    html_mark(h, "</dl>\n");
}

static void write_head(struct html *h, const struct story *story)
{
    html_mark(h, "<header>\n<p class=\"kicker\">glassh-lab %s, seed %llu</p>\n<h1>", story->name,
              (unsigned long long)story->seed);
    html_text(h, story->title);
    html_mark(h, "</h1>\n");
    html_element(h, "p", "lesson", story->lesson);
    write_facts(h, story);
    html_mark(h, "</header>\n");
}

static void write_ends(struct html *h, const struct story *story)
{
    char ends[STORY_ENDS][IP_ENDPOINT_TEXT];
    for (int i = 0; i < STORY_ENDS; i++)
        ip_address_format_endpoint(&story->ends[i], ends[i]);
    html_mark(h,
              "<li class=\"row ends\"><time>ms</time><span class=\"client\">client<small>%s</small>"
              "</span><span class=\"server\">server<small>%s</small></span></li>\n",
              ends[0], ends[1]);
}

static void write_ladder(struct html *h, const struct story *story)
{
    struct plan plan = plan_of(story);
    struct plan_row row;
    html_mark(
        h, "<section>\n<h2>Step by step</h2>\n<p class=\"kicker\">x and y are the initial sequence "
           "numbers of client and server; time runs downwards.</p>\n<ol class=\"ladder\">\n");
    write_ends(h, story);
    while (h->err == OK && plan_next(&plan, &row)) {
        if (row.kind == PLAN_SKIPPED)
            write_skipped(h, story, &row);
        else if (row.kind == PLAN_STEP)
            write_step(h, story, row.step);
        else
            write_segment(h, story, &row);
    }
    html_mark(h, "</ol>\n</section>\n");
}

enum err lab_html_write(const struct story *story, struct buf *out)
{
    char title[TEXT_MAX], styles[STYLE_MAX];
    (void)snprintf(title, sizeof(title), "%s: %s", story->name, story->title);
    (void)snprintf(styles, sizeof(styles), "%s%s", style, lab_plot_style);
    struct html h = html_begin(out, title, styles);
    write_head(&h, story);
    if (lab_plot_is_worth(story)) {
        html_mark(&h, "<section>\n<h2>The congestion window</h2>\n");
        lab_plot_write(story, &h);
        html_mark(&h, "</section>\n");
    }
    write_ladder(&h, story);
    return html_end(&h);
}
