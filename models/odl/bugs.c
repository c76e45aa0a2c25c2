/* Names and sentences of the bug switches. */
#include "models/odl/bugs.h"
#include "models/odl/odl.h"

G_STATIC_ASSERT (ODL_BUG_N <= 64);

static const char *const slugs[] = {
#define BUG_SLUG(id, slug, about) slug,
  ODL_BUGS (BUG_SLUG)
#undef BUG_SLUG
      NULL
};

static const char *const abouts[] = {
#define BUG_ABOUT(id, slug, about) about,
  ODL_BUGS (BUG_ABOUT)
#undef BUG_ABOUT
};

OdlBug
odl_bug_from_slug (const char *slug)
{
  guint bug = 0;

  while (bug < ODL_BUG_N && strcmp (slugs[bug], slug) != 0)
    bug++;
  return (OdlBug) bug;
}

gboolean
odl_bug_exists (const char *slug)
{
  return odl_bug_from_slug (slug) != ODL_BUG_N;
}

const char *const *
odl_bug_names (void)
{
  return slugs;
}

const char *
odl_bug_about (const char *slug)
{
  OdlBug bug = odl_bug_from_slug (slug);

  return bug == ODL_BUG_N ? NULL : abouts[bug];
}
