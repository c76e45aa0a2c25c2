/* Names and sentences of the emulator's bug switches. */
#include "models/emulator/bugs.h"

static const char *const slugs[] = {
#define BUG_SLUG(id, slug, about) slug,
  EMULATOR_BUGS (BUG_SLUG)
#undef BUG_SLUG
      NULL,
};

static const char *const abouts[] = {
#define BUG_ABOUT(id, slug, about) about,
  EMULATOR_BUGS (BUG_ABOUT)
#undef BUG_ABOUT
};

const char *const *
emulator_bug_names (void)
{
  return slugs;
}

EmulatorBug
emulator_bug_from_slug (const char *slug)
{
  guint bug = 0;

  while (bug < EMULATOR_BUG_N && g_strcmp0 (slugs[bug], slug) != 0)
    bug++;
  return (EmulatorBug) bug;
}

gboolean
emulator_bug_exists (const char *slug)
{
  return emulator_bug_from_slug (slug) != EMULATOR_BUG_N;
}

const char *
emulator_bug_about (const char *slug)
{
  EmulatorBug bug = emulator_bug_from_slug (slug);

  return bug == EMULATOR_BUG_N ? NULL : abouts[bug];
}
