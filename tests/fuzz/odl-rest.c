/* Northbound requests: any method, any path and any body are answered with a status of the door and, where refused, with
 * a sentence; what was taken can be read again, outlives a restart, and leaves nothing behind when the controller ends.
 *
 * Input: requests, a line each: "METHOD PATH BODY". A letter stands for a whole method (P, G, U for PUT, D) or path
 * (those of `paths`), so that a corpus can be written by hand; "R" alone restarts the controller. */
#include "fuzz.h"

#include "fake-world.h"
#include "models/odl/core.h"
#include "models/odl/northbound.h"
#include "models/odl/restart.h"

#include <jansson.h>
#include <string.h>

#define MAX_REQUESTS 40u

#define NEUTRON "/controller/nb/v2/neutron/"
#define N_KEPT  8u /* the first of `paths`: what outlives a restart */

static const struct
{
  char letter;
  const char *path;
} paths[] = {
  { 'n', NEUTRON "networks" },
  { 's', NEUTRON "subnets" },
  { 'p', NEUTRON "ports" },
  { 'g', NEUTRON "l2-gateways" },
  { 'c', NEUTRON "l2gateway-connections" },
  { 'e', NEUTRON "security-groups" },
  { 'r', NEUTRON "security-group-rules" },
  { 'z', "/restconf/config/itm:transport-zones" },
  { 't', "/restconf/config/network-topology:network-topology/topology/hwvtep:1" },
  { 'o', "/restconf/config/network-topology:network-topology/topology/ovsdb:1" },
  { 'l', "/restconf/config/lldp-discovery:neighbors" },
  { 'm', "/restconf/config/itm-config:tunnel-monitor-params" },
  { 'i', "/restconf/config/itm-config:tunnel-monitor-interval" },
  { 'O', "/restconf/operational/network-topology:network-topology/topology/hwvtep:1" },
};

static const struct
{
  char letter;
  const char *method;
} methods[] = { { 'P', "POST" }, { 'G', "GET" }, { 'U', "PUT" }, { 'D', "DELETE" } };

/* "n/1" is the network 1: what follows the letter is kept. */
static char *
expand_path (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (text[0] == paths[i].letter)
      return g_strconcat (paths[i].path, text + 1, NULL);
  return g_strdup (text);
}

static const char *
expand_method (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (text[0] == methods[i].letter && text[1] == '\0')
      return methods[i].method;
  return text;
}

static void
check_answer (guint status, const json_t *reply, const char *line)
{
  static const guint good[] = { 200, 201, 204 }, bad[] = { 400, 404, 405, 409, 501 };
  const char *sentence = json_string_value (json_object_get (json_object_get (reply, "error"), "message"));

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (status == good[i])
      return;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (status == bad[i])
      {
        FUZZ_CHECK (sentence && *sentence, "a refusal comes with a sentence: %s", line);
        return;
      }
  FUZZ_CHECK (FALSE, "%u is no status of the door: %s", status, line);
}

static void
request (Odl *odl, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autofree char *path = words[0] && words[1] ? expand_path (words[1]) : NULL;
  json_t *body = path && words[2] ? json_loads (words[2], JSON_DECODE_ANY, NULL) : NULL, *reply = NULL;

  if (path)
    {
      guint status = odl_northbound_request (odl, expand_method (words[0]), path, body, &reply);

      check_answer (status, reply, line);
    }
  json_decref (body);
  json_decref (reply);
}

/* Everything that is there, as it reads. */
static char *
read_all (Odl *odl)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < N_KEPT; i++)
    {
      json_t *reply = NULL;
      char *text;

      FUZZ_CHECK (odl_northbound_request (odl, "GET", paths[i].path, NULL, &reply) == 200, "%s can be read",
                  paths[i].path);
      text = json_dumps (reply, JSON_SORT_KEYS);
      g_string_append (all, text);
      free (text);
      json_decref (reply);
    }
  return g_string_free (all, FALSE);
}

/* Devices enter the zones anew when their databases are seen, so a lab without any is compared. */
static Odl *
restart (Odl *odl)
{
  g_autofree char *before = read_all (odl), *after = NULL;

  odl = odl_restart (odl);
  after = read_all (odl);
  FUZZ_CHECK (strcmp (before, after) == 0, "a restart keeps what was taken: %s, then %s", before, after);
  return odl;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_REQUESTS);
  FakeWorld *fake = fake_world_new ();
  Odl *odl;

  fake_world (fake)->frames = net_frame_pool_new ();
  odl = odl_new (fake_world (fake), "odl", &(OdlOptions){ .dhcp_enabled = size % 2 });
  for (guint i = 0; lines[i] && i < MAX_REQUESTS; i++)
    {
      if (strcmp (lines[i], "R") == 0)
        odl = restart (odl);
      else
        request (odl, lines[i]);
      fake_world_run (fake, 100 * NET_MSEC);
    }
  odl_free (odl);
  net_frame_pool_free (fake_world (fake)->frames);
  fake_world_free (fake);
  return 0;
}
