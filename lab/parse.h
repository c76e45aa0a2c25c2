/* The sections of a scenario file, each read by a file of its own; internal to lab/.  They run in the order in which
 * sections refer to each other and report every mistake. */
#pragma once

#include "lab/read.h"
#include "lab/scenario.h"

G_BEGIN_DECLS

/* `section` may be NULL: the file does not have it. */
void lab_parse_networks (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_nodes (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_links (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_vms (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_gateways (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_controller (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_capture (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_timeline (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
void lab_parse_expects (LabScenario *scenario, LabProblems *problems, const LabYaml *section);
/* The keys that an entry of the timeline may have besides the name of a VM; so no VM may be named after one. */
extern const char *const lab_parse_entry_keys[];
/* A time of the timeline, which no run outlasts; without the key *out_ns stays.  FALSE after a mistake. */
gboolean lab_parse_time (LabReader *reader, const char *key, gint64 *out_ns);
/* The entry's actor: a VM by the key `key`, or one of the keys link, gateway, network, tor, compute and controller. */
void lab_parse_vm_action (LabScenario *scenario, LabReader *reader, LabAction *action, const LabYaml *key,
                          const LabYaml *value);
void lab_parse_link_action (LabScenario *scenario, LabReader *reader, LabAction *action);
void lab_parse_gateway_action (LabScenario *scenario, LabReader *reader, LabAction *action);
void lab_parse_controller_action (LabReader *reader, LabAction *action);
void lab_parse_tor_action (LabScenario *scenario, LabReader *reader, LabAction *action);
void lab_parse_compute_action (LabScenario *scenario, LabReader *reader, LabAction *action);
void lab_parse_network_action (LabScenario *scenario, LabReader *reader, LabAction *action);
/* Keys that belong to another kind of entry are mistakes, not decoration. */
void
lab_parse_refuse_others (LabReader *reader, const char *actor, const char *const *allowed, const char *word);
/* at-least, at-most, exactly or none; without any of them: at least one, so that silence is never a success. */
void lab_parse_counts (LabExpect *expect, LabReader *reader);
void lab_parse_row_expect (LabScenario *scenario, LabExpect *expect, LabReader *reader);
void lab_parse_mac_expect (LabScenario *scenario, LabExpect *expect, LabReader *reader);
/* What no section can say alone: a controller where one is needed, addresses used twice, cables missing. */
void lab_parse_whole (LabScenario *scenario, LabReader *top);

/* The keys of a map, NULL-terminated; free with g_strfreev(). */
char **lab_parse_keys (const LabYaml *map);
/* Says so when a key cannot name a thing. */
gboolean lab_parse_name (LabProblems *problems, const LabYaml *key);

/* A list of slugs, each of which must be known, under `key`; `what` is one of them, for messages. */
typedef struct
{
  const char *key;
  const char *what;
  gboolean (*exists) (const char *slug);
  const char *const *(*names) (void);
} LabSlugKind;

void lab_parse_slugs (LabReader *reader, const LabSlugKind *kind, GPtrArray *slugs);

/* References by name; NULL or G_MAXUINT with a problem at `at` when there is none. */
const LabNode *
lab_parse_node_ref (LabScenario *scenario, LabProblems *problems, const LabYaml *at, const char *name);
const LabNetwork *
lab_parse_network_ref (LabScenario *scenario, LabProblems *problems, const LabYaml *at, const char *name);
/* Any node of the running lab: those of the file, VMs, and what the lab adds. */
gboolean
lab_parse_any_node_ref (LabScenario *scenario, LabProblems *problems, const LabYaml *at, const char *name);
guint lab_parse_vm_ref (LabScenario *scenario, LabProblems *problems, const LabYaml *at, const char *name);
/* "tor1/em3" as a link end that will exist in the lab: ports of nodes, VFs, taps, guests' eth0. */
gboolean
lab_parse_end_ref (LabScenario *scenario, LabProblems *problems, const LabYaml *at, const char *text);
/* A tcpdump filter that libpcap compiles; says what libpcap says. */
gboolean lab_parse_filter (LabProblems *problems, const LabYaml *at, const char *filter);

/* A list of segments, into an array of LabSegment. */
void lab_parse_segments (LabProblems *problems, const LabYaml *list, GArray *segments);
/* An empty array of LabSegment. */
GArray *lab_segments_new (void);

void lab_network_free (gpointer data);
void lab_node_free (gpointer data);
void lab_link_free (gpointer data);
void lab_vm_free (gpointer data);
void lab_gateway_free (gpointer data);
void lab_gateway_port_clear (gpointer port);
/* "tor1/em3"; the texts of `out` are new. */
gboolean lab_parse_gateway_port (LabScenario *scenario, LabProblems *problems, const LabYaml *item,
                                 LabGatewayPort *out);
void lab_action_free (gpointer data);
void lab_expect_free (gpointer data);

G_END_DECLS
