/* The sections `controller` and `capture`: options of the run. */
#include "lab/parse.h"

#include "models/odl/odl.h"

static const char *const controller_keys[] = { "dhcp", "mac-timeout", "bugs", NULL };
static const char *const capture_keys[] = { "ends", "filter", "snap", NULL };

static void
parse_bugs (LabScenario *s, LabProblems *problems, const LabYaml *list)
{
  if (list->kind != LAB_YAML_LIST)
    {
      lab_problem (problems, list, "bugs must be a list of names, as [ dhcp-punt-off ]");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *slug = lab_read_scalar (problems, item, "a bug");
      if (!slug)
        continue;
      if (odl_bug_exists (slug))
        g_ptr_array_add (s->bugs, g_strdup (slug));
      else
        {
          g_autofree char *hint = lab_problem_hint (slug, odl_bug_names ());
          lab_problem (problems, item, "there is no bug '%s'%s", slug, hint);
        }
    }
}

void
lab_parse_controller (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  LabReader reader = { problems, section, "controller" };
  const LabYaml *bugs;

  if (!section || !lab_read_map (&reader, controller_keys))
    return;
  lab_read_boolean (&reader, "dhcp", &s->controller_dhcp);
  lab_read_duration (&reader, "mac-timeout", &s->controller_mac_timeout_ns);
  bugs = lab_yaml_get (section, "bugs");
  if (bugs)
    parse_bugs (s, problems, bugs);
}

void
lab_parse_capture (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  LabReader reader = { problems, section, "capture" };
  const LabYaml *ends;
  const char *filter;

  if (!section || !lab_read_map (&reader, capture_keys))
    return;
  ends = lab_yaml_get (section, "ends");
  if (ends && ends->kind != LAB_YAML_LIST)
    lab_problem (problems, ends, "ends must be a list of link ends, as [ tor1/em3, vm2/eth0 ]");
  else
    for (guint i = 0; i < lab_yaml_n (ends); i++)
      {
        const LabYaml *item = lab_yaml_item (ends, i);
        const char *end = lab_read_scalar (problems, item, "a link end");
        if (end && lab_parse_end_ref (s, problems, item, end))
          g_ptr_array_add (s->capture.ends, g_strdup (end));
      }
  if (lab_read_text (&reader, "filter", &filter)
      && lab_parse_filter (problems, lab_yaml_get (section, "filter"), filter))
    s->capture.filter = g_strdup (filter);
  lab_read_uint (&reader, "snap", 14, 65535, &s->capture.snap_length);
}
