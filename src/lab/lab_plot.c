/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/lab_plot.h"

#include <stdio.h>

/* In the units of the drawing. */
enum {
    WIDTH = 920,
    HEIGHT = 320,
    LEFT = 64,
    RIGHT = 16,
    TOP = 12,
    BOTTOM = 52,
    POINTS_MIN = 12,
    POINTS_MAX = 1200,
    TICKS = 6,
    MARKS_AT = 14
};

const char lab_plot_style[] =
    ".plot text{fill:var(--quiet);font-size:13px}\n"
    "@media(max-width:46rem){.plot text{font-size:24px}}\n"
    ".plot .grid{stroke:var(--line);stroke-width:1}\n"
    ".plot .window{fill:none;stroke:var(--client);stroke-width:2.5;stroke-linejoin:round}\n"
    ".plot .flight{fill:var(--client);opacity:.16}\n"
    ".plot .threshold{fill:none;stroke:var(--warn);stroke-width:1.75;stroke-dasharray:6 5}\n"
    ".plot .lost{stroke:var(--bad);stroke-width:2}\n"
    ".plot .marked{stroke:var(--warn);stroke-width:2}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.5rem 0 "
    "0;padding:0;"
    "font-size:.875rem;color:var(--quiet)}\n"
    ".legend li::before{content:'';display:inline-block;width:1.1em;height:.2em;margin-right:.45em;"
    "vertical-align:middle;background:var(--key)}\n";

struct scale {
    double x_max, y_max; /* ms, octets */
    double x_step, y_step;
};

/* 1, 2 or 5 times a power of ten, so that there are about as many steps as wanted. */
static double nice_step(double max, unsigned steps)
{
    double step = 1;
    while (step * 10 * steps <= max)
        step *= 10;
    if (step * steps >= max)
        return step;
    if (step * 2 * steps >= max)
        return step * 2;
    return step * 5 * steps >= max ? step * 5 : step * 10;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* UINT32_MAX means that no threshold is known yet. */
static bool has_threshold(const struct story_step *s)
{
    return s->threshold < UINT32_MAX / 2;
}

static struct scale scale_of(const struct story *story)
{
    struct scale s = { 1, 1, 1, 1 };
    for (size_t i = 0; i < story->step_count; i++) {
        const struct story_step *step = &story->steps[i];
        if (step->kind != STORY_WINDOW)
            continue;
        s.x_max = larger(s.x_max, story_ms(story, step->at));
        s.y_max = larger(s.y_max, larger(step->window, step->in_flight));
    }
    s.x_step = nice_step(s.x_max, TICKS);
    s.y_step = nice_step(s.y_max, TICKS - 1);
    return s;
}

static double x_of(const struct scale *s, double ms)
{
    return LEFT + ms / s->x_max * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct scale *s, double octets)
{
    double top = s->y_max * 1.06;
    return TOP + (1 - (octets < top ? octets : top) / top) * (HEIGHT - TOP - BOTTOM);
}

static void draw_axes(const struct scale *s, struct html *h)
{
    for (double y = 0; y <= s->y_max; y += s->y_step)
        html_mark(h,
                  "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                  "text-anchor=\"end\">%g</text>\n",
                  LEFT, y_of(s, y), WIDTH - RIGHT, LEFT - 8, y_of(s, y) + 4, y / 1000);
    for (double x = 0; x <= s->x_max; x += s->x_step)
        html_mark(h, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x_of(s, x),
                  HEIGHT - BOTTOM + 34, x);
    html_mark(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">ms</text>\n", WIDTH - RIGHT,
              HEIGHT - 2);
    html_mark(h, "<text x=\"4\" y=\"%d\">kB</text>\n", TOP + 2);
}

enum line { WINDOW, FLIGHT, THRESHOLD };

static double value_of(const struct story_step *step, enum line line)
{
    return line == WINDOW ? step->window : line == FLIGHT ? step->in_flight : step->threshold;
}

/* A line of steps; only each `every`th point is drawn, to keep the page small. */
static void draw_line(const struct story *story, const struct scale *s, enum line line,
                      size_t every, struct html *h)
{
    static const char *const classes[] = { "window", "flight", "threshold" };
    size_t seen = 0;
    double last = LEFT;
    bool has_begun = false;
    html_mark(h, "<path class=\"%s\" d=\"", classes[line]);
    for (size_t i = 0; i < story->step_count; i++) {
        const struct story_step *step = &story->steps[i];
        if (step->kind != STORY_WINDOW || seen++ % every > 0 ||
            (line == THRESHOLD && !has_threshold(step)))
            continue;
        last = x_of(s, story_ms(story, step->at));
        double y = y_of(s, value_of(step, line));
        if (has_begun)
            html_mark(h, "H%.1fV%.1f", last, y);
        else if (line == FLIGHT)
            html_mark(h, "M%.1f %.1fV%.1f", last, y_of(s, 0), y);
        else
            html_mark(h, "M%.1f %.1f", last, y);
        has_begun = true;
    }
    if (line == FLIGHT && has_begun)
        html_mark(h, "V%.1fZ", y_of(s, 0));
    html_mark(h, "\"/>\n");
}

/* Where packets were lost or marked: short strokes below the axis. */
static void draw_marks(const struct story *story, const struct scale *s, struct html *h)
{
    double base = y_of(s, 0) + 3;
    for (size_t i = 0; i < story->segment_count; i++) {
        const struct story_segment *segment = &story->segments[i];
        bool is_lost = segment->fate != STORY_ARRIVES;
        if (is_lost || segment->is_marked)
            html_mark(h, "<path class=\"%s\" d=\"M%.1f %.1fv%d\"/>\n", is_lost ? "lost" : "marked",
                      x_of(s, story_ms(story, segment->sent_at)), base, MARKS_AT);
    }
}

static size_t count_points(const struct story *story)
{
    size_t count = 0;
    for (size_t i = 0; i < story->step_count; i++)
        count += story->steps[i].kind == STORY_WINDOW;
    return count;
}

bool lab_plot_is_worth(const struct story *story)
{
    return count_points(story) >= POINTS_MIN;
}

static void write_key(struct html *h, const char *colour, const char *text)
{
    html_mark(h, "<li style=\"--key:var(--%s)\">%s</li>", colour, text);
}

static void write_legend(const struct story *story, struct html *h)
{
    bool has_lost = false, has_marked = false;
    for (size_t i = 0; i < story->segment_count; i++) {
        has_lost |= story->segments[i].fate != STORY_ARRIVES;
        has_marked |= story->segments[i].is_marked;
    }
    html_mark(h, "<ul class=\"legend\">");
    write_key(h, "client", "congestion window (shaded: in flight)");
    write_key(h, "warn", "threshold, where slow start ends (dashed)");
    if (has_lost)
        write_key(h, "bad", "packets that did not arrive (strokes)");
    if (has_marked)
        write_key(h, "warn", "packets that the network marked (strokes)");
    html_mark(h, "</ul>\n");
}

void lab_plot_write(const struct story *story, struct html *h)
{
    struct scale s = scale_of(story);
    size_t every = count_points(story) / POINTS_MAX + 1;
    html_mark(h,
              "<figure class=\"figure\">\n<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
              "aria-labelledby=\"plot-title plot-text\">\n<title id=\"plot-title\">The congestion "
              "window over time</title>\n<desc id=\"plot-text\">It reaches %.0f kB within %.0f "
              "ms.</desc>\n",
              WIDTH, HEIGHT, s.y_max / 1000, s.x_max);
    draw_axes(&s, h);
    draw_line(story, &s, FLIGHT, every, h);
    draw_line(story, &s, THRESHOLD, every, h);
    draw_line(story, &s, WINDOW, every, h);
    draw_marks(story, &s, h);
    html_mark(h, "</svg>\n");
    write_legend(story, h);
    html_mark(h, "<figcaption>How much the client lets be under way without an acknowledgment."
                 "</figcaption>\n</figure>\n");
}
