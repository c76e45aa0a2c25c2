/* Names and sentences of the bug switches. */
#include "models/odl/bugs.h"
#include "models/odl/odl.h"

G_STATIC_ASSERT (ODL_BUG_N <= 64 * G_N_ELEMENTS (((OdlBugs *) NULL)->words));

static const char *const slugs[] = {
#define BUG_SLUG(id, slug, about) slug,
  ODL_BUGS (BUG_SLUG) NULL, ODL_STANDING_BUGS (BUG_SLUG) NULL
#undef BUG_SLUG
};

static const char *const abouts[] = {
#define BUG_ABOUT(id, slug, about) about,
  ODL_BUGS (BUG_ABOUT) ODL_STANDING_BUGS (BUG_ABOUT)
#undef BUG_ABOUT
};

const char *const *
odl_bug_names (void)
{
  return slugs;
}

const char *const *
odl_fix_names (void)
{
  return slugs + ODL_BUG_N_CORRECTED + 1;
}

gboolean
odl_bug_exists (const char *slug)
{
  return g_strv_contains (odl_bug_names (), slug);
}

gboolean
odl_fix_exists (const char *slug)
{
  return g_strv_contains (odl_fix_names (), slug);
}

OdlBug
odl_bug_from_slug (const char *slug)
{
  for (guint i = 0; i <= ODL_BUG_N; i++)
    if (g_strcmp0 (slugs[i], slug) == 0)
      return (OdlBug) (i < ODL_BUG_N_CORRECTED ? i : i - 1);
  return ODL_BUG_N;
}

const char *
odl_bug_about (const char *slug)
{
  OdlBug bug = odl_bug_from_slug (slug);

  return bug == ODL_BUG_N ? NULL : abouts[bug];
}

void
odl_bugs_add (OdlBugs *bugs, OdlBug bug)
{
  bugs->words[bug / 64] |= G_GUINT64_CONSTANT (1) << bug % 64;
}

OdlBugs
odl_bugs_on (const OdlBugs *asked, const OdlBugs *fixes)
{
  OdlBugs on = *asked;

  for (guint bug = ODL_BUG_N_CORRECTED; bug < ODL_BUG_N; bug++)
    odl_bugs_add (&on, (OdlBug) bug);
  for (guint i = 0; i < G_N_ELEMENTS (on.words); i++)
    on.words[i] &= ~fixes->words[i];
  return on;
}
