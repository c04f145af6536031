/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/scenario.h"

#include "base/check.h"
#include "lab/scene.h"

#include <string.h>

static const struct {
    struct scenario scenario;
    void (*run)(struct scene *scene);
} scenarios[] = {
#define SCENARIO(file, function, ...) { { __VA_ARGS__ }, scenario_##file##_##function },
#include "lab/scenario.def"
#undef SCENARIO
};

enum { COUNT = sizeof(scenarios) / sizeof(scenarios[0]), WISHES_NOTHING = -1 };

struct scenario_options scenario_defaults(void)
{
    return (struct scenario_options){ .seed = 1,
                                      .version = 4,
                                      .delay_us = WISHES_NOTHING,
                                      .jitter_us = WISHES_NOTHING,
                                      .loss = WISHES_NOTHING,
                                      .reorder = WISHES_NOTHING,
                                      .duplicate = WISHES_NOTHING };
}

bool scenario_at(size_t number, struct scenario *scenario)
{
    if (number >= COUNT)
        return false;
    *scenario = scenarios[number].scenario;
    return true;
}

/* COUNT: there is none. */
static size_t index_of(const char *name)
{
    size_t i = 0;
    while (i < COUNT && strcmp(scenarios[i].scenario.name, name) != 0)
        i++;
    return i;
}

bool scenario_find(const char *name, struct scenario *scenario)
{
    return scenario_at(index_of(name), scenario);
}

void scenario_run(const char *name, const struct scenario_options *options, struct story *story)
{
    size_t index = index_of(name);
    CHECK(index < COUNT);
    struct scene scene = { .story = story, .options = options };
    story_init(story, (struct instant){ 0 });
    story->name = scenarios[index].scenario.name;
    story->title = scenarios[index].scenario.title;
    story->lesson = scenarios[index].scenario.lesson;
    story->seed = options->seed;
    scenarios[index].run(&scene);
    network_free(scene.network);
}
