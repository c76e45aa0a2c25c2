/* Scenario files: positions, merging of variants, values set from outside, hostile text. */
#include "lab/scenario.h"

#include <string.h>

#include "lab/yaml.h"
#include "tap.h"

static const char base[]
    = "scenario: small\n"
      "networks:\n"
      "  blue: { subnet: 10.0.0.0/24, segments: [ { vxlan: 5001 }, { vlan: 2901, physnet: p } ] }\n"
      "nodes:\n"
      "  underlay: { kind: switch }\n"
      "  server1: { kind: compute, ip: 10.8.125.18, roles: [ controller ] }\n"
      "  tor1: { kind: tor, ip: 10.8.125.20, ports: [ em3 ] }\n"
      "  server2: { kind: sriov-compute, nics: { em1: { physnet: p, vfs: 2 } } }\n"
      "links: [ server1/em2 -- underlay, tor1/uplink -- underlay, tor1/em3 -- server2/em1 ]\n"
      "vms:\n"
      "  vm1: { on: server1, network: blue, ip: 10.0.0.2 }\n"
      "  vm2: { on: server2, network: blue, vnic: direct }\n"
      "  vm3: { on: server2, network: blue, vnic: direct }\n"
      "timeline: [ { vm1: ping vm2 } ]\n"
      "expect: [ { replies: { vm1: vm2 } } ]\n"
      "variants:\n"
      "  slow: { vms: { vm2: { vlan: 7 } }, expect: [ { converged: true } ] }\n"
      "  quick: { timeline: [] }\n";

static LabScenario *
parse (const LabOverrides *overrides, char **problems_text)
{
  g_autoptr (LabProblems) problems = lab_problems_new ();
  LabScenario *s = lab_scenario_parse ("small.yaml", base, strlen (base), overrides, problems);
  if (problems_text)
    *problems_text = lab_problems_format (problems);
  return s;
}

static void
neutron_allocates_what_the_file_leaves_open (void)
{
  g_autoptr (LabScenario) s = parse (&(LabOverrides){ .until_ns = -1 }, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (s);
  /* .1 is the gateway, .2 the first vm's and the DHCP port's; so .3 and .4. */
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 1)->ip, 0x0a000003);
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 2)->ip, 0x0a000004);
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 1)->vf, 0);
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 2)->vf, 1);
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 1)->vlan, 2901);
  CU_ASSERT_FALSE (net_mac_equal (&lab_scenario_vm (s, 1)->mac, &lab_scenario_vm (s, 2)->mac));
  CU_ASSERT_EQUAL (s->seed, 1);
}

static void
a_variant_merges_maps_and_adds_expectations (void)
{
  g_autoptr (LabScenario) s = parse (&(LabOverrides){ .variant = "slow", .until_ns = -1 }, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (s);
  CU_ASSERT_EQUAL (s->vms->len, 3);
  CU_ASSERT_EQUAL (lab_scenario_vm (s, 1)->vlan, 7);
  CU_ASSERT_TRUE (lab_scenario_vm (s, 1)->direct);
  CU_ASSERT_EQUAL (s->expects->len, 2);
  CU_ASSERT_EQUAL (((const LabExpect *) s->expects->pdata[1])->kind, LAB_EXPECT_CONVERGED);
}

static void
a_variant_replaces_lists (void)
{
  g_autoptr (LabScenario) s = parse (&(LabOverrides){ .variant = "quick", .until_ns = -1 }, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (s);
  CU_ASSERT_EQUAL (s->actions->len, 0);
  CU_ASSERT_EQUAL (s->expects->len, 1);
}

static void
variants_are_listed_in_the_order_of_the_file (void)
{
  g_auto (GStrv) names = lab_scenario_variants ("small.yaml", base, strlen (base));

  CU_ASSERT_EQUAL_FATAL (g_strv_length (names), 2);
  CU_ASSERT_STRING_EQUAL (names[0], "slow");
  CU_ASSERT_STRING_EQUAL (names[1], "quick");
}

static void
an_unknown_variant_is_refused_with_those_there_are (void)
{
  g_autofree char *text = NULL;
  LabScenario *s = parse (&(LabOverrides){ .variant = "solw", .until_ns = -1 }, &text);

  CU_ASSERT_PTR_NULL (s);
  CU_ASSERT_STRING_EQUAL (text, "small.yaml:1:1: there is no variant 'solw'; did you mean 'slow'?\n");
}

static void
set_reaches_into_maps_and_lists (void)
{
  static const char *const sets[] = { "nodes.server2.nics.em1.vfs=9", "timeline.0.count=4", NULL };
  g_autoptr (LabScenario) s = parse (&(LabOverrides){ .sets = sets, .until_ns = -1 }, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (s);
  CU_ASSERT_EQUAL (g_array_index (lab_scenario_find_node (s, "server2")->nics, LabNic, 0).n_vfs, 9);
  CU_ASSERT_EQUAL (((const LabAction *) s->actions->pdata[0])->count, 4);
}

static void
a_bad_set_names_itself_as_the_place (void)
{
  static const char *const sets[] = { "nodes.tor9.ip=10.0.0.1", NULL };
  g_autofree char *text = NULL;
  LabScenario *s = parse (&(LabOverrides){ .sets = sets, .until_ns = -1 }, &text);

  CU_ASSERT_PTR_NULL (s);
  CU_ASSERT_STRING_EQUAL (text, "--set nodes.tor9.ip=10.0.0.1:1:1: the scenario has no 'tor9' on the way to "
                                "'nodes.tor9.ip'\n");
}

static void
a_link_is_found_by_one_end_or_both_in_either_order (void)
{
  g_autoptr (LabScenario) s = parse (&(LabOverrides){ .until_ns = -1 }, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (s);
  CU_ASSERT_EQUAL (lab_scenario_find_link (s, "tor1/em3"), 2);
  CU_ASSERT_EQUAL (lab_scenario_find_link (s, "server2/em1 -- tor1/em3"), 2);
  CU_ASSERT_EQUAL (lab_scenario_find_link (s, "underlay"), G_MAXUINT);
}

static void
hostile_text_ends_in_mistakes_and_never_in_a_crash (void)
{
  const LabOverrides overrides = { .until_ns = -1 };
  g_autofree char *text = g_strdup (base);
  guint32 state = 2901;

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (LabProblems) problems = lab_problems_new ();
      g_autofree char *damaged = g_strdup (text);
      gsize length = strlen (damaged);

      for (guint i = 0; i < 1 + round % 4; i++)
        {
          static const char bytes[] = "{}[]:,-&*!|>'\"%@`\n \t#?\x01\xff";
          state = state * 1664525u + 1013904223u;
          damaged[(state >> 8) % length] = bytes[(state >> 3) % (sizeof bytes - 1)];
        }
      if (round % 3 == 0)
        length = (state >> 5) % length;
      lab_scenario_free (lab_scenario_parse ("damaged.yaml", damaged, length, &overrides, problems));
    }
  CU_PASS ("all were survived");
}

static void
nesting_and_size_are_bounded (void)
{
  g_autoptr (GString) deep = g_string_new ("scenario: ");
  LabYamlMistake mistake;
  LabYamlSource *source;

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (deep, '[');
  source = lab_yaml_parse ("deep.yaml", deep->str, deep->len, &mistake);
  CU_ASSERT_PTR_NOT_NULL (mistake.message);
  CU_ASSERT_PTR_NULL (source->root);
  g_free (mistake.message);
  lab_yaml_source_free (source);
}

int
main (void)
{
  static const TapTest tests[]
      = { { "Neutron allocates what the file leaves open", neutron_allocates_what_the_file_leaves_open },
          { "a variant merges maps and adds expectations", a_variant_merges_maps_and_adds_expectations },
          { "a variant replaces lists", a_variant_replaces_lists },
          { "variants are listed in the order of the file", variants_are_listed_in_the_order_of_the_file },
          { "an unknown variant is refused with those there are",
            an_unknown_variant_is_refused_with_those_there_are },
          { "--set reaches into maps and lists", set_reaches_into_maps_and_lists },
          { "a bad --set names itself as the place", a_bad_set_names_itself_as_the_place },
          { "a link is found by one end or both, in either order",
            a_link_is_found_by_one_end_or_both_in_either_order },
          { "hostile text ends in mistakes and never in a crash",
            hostile_text_ends_in_mistakes_and_never_in_a_crash },
          { "nesting and size are bounded", nesting_and_size_are_bounded },
          { NULL, NULL } };
  return tap_main ("scenario", tests);
}
