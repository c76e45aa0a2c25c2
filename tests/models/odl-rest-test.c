/* REST: the northbound door over a stream, in pieces, pipelined, and with bad requests. */
#include "odl-bench.h"
#include "models/odl/northbound.h"
#include "models/odl/rest-head.h"
#include "models/odl/rest.h"
#include "tap.h"

#include <string.h>

#define NEUTRON "/controller/nb/v2/neutron/"
#define HOST    "Host: odl\r\n"
#define NETWORK                                                                                              \
  "{\"network\": {\"id\": \"n1\", \"provider:network_type\": \"vxlan\", \"provider:segmentation_id\": 100}}"

typedef struct
{
  NetStream *stream;
  GString *heard;
  gboolean closed;
} Client;

static void
client_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Client *client = user;

  (void) stream;
  g_string_append_len (client->heard, (const char *) bytes, (gssize) n);
}

static void
client_closed (NetStream *stream, const char *why, gpointer user)
{
  Client *client = user;

  (void) stream, (void) why;
  client->stream = NULL;
  client->closed = TRUE;
}

static const NetStreamEvents client_events = { .received = client_received, .closed = client_closed };

typedef struct
{
  OdlBench *bench;
  Client client;
} Rig;

static void
dial (Rig *rig, const char *target)
{
  rig->client.closed = FALSE;
  rig->client.stream
      = net_world_connect (fake_world (rig->bench->fake), target, &client_events, &rig->client, NULL);
  odl_bench_run (rig->bench, NET_MSEC);
}

static Rig *
begin (void)
{
  Rig *rig = g_new0 (Rig, 1);

  rig->bench = odl_bench_new (NULL);
  fake_world_set_detail (rig->bench->fake, TRUE);
  g_assert (odl_start (rig->bench->odl, NULL));
  rig->client.heard = g_string_new (NULL);
  dial (rig, "tcp:127.0.0.1:8181");
  return rig;
}

static void
finish (Rig *rig)
{
  if (rig->client.stream)
    net_stream_close (rig->client.stream);
  g_string_free (rig->client.heard, TRUE);
  odl_bench_free (rig->bench);
  g_free (rig);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, finish)

/* What came back, all of it. */
static const char *
say (Rig *rig, const char *text)
{
  g_string_truncate (rig->client.heard, 0);
  if (rig->client.stream)
    net_stream_send (rig->client.stream, (const guint8 *) text, strlen (text));
  odl_bench_run (rig->bench, NET_MSEC);
  return rig->client.heard->str;
}

/* A request with this body, or none. */
static const char *
request (Rig *rig, const char *method, const char *path, const char *body)
{
  g_autofree char *text
      = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: odl:8181\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                         method, path, body ? strlen (body) : 0, body ? body : "");

  return say (rig, text);
}

static void
test_verbs (void)
{
  g_autoptr (Rig) rig = begin ();

  CU_ASSERT_TRUE (
      g_str_has_prefix (request (rig, "POST", NEUTRON "networks", NETWORK),
                        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: "));
  CU_ASSERT_PTR_NOT_NULL (
      strstr (request (rig, "GET", NEUTRON "networks/n1?fields=id", NULL), "\"id\":\"n1\""));
  CU_ASSERT_STRING_EQUAL (request (rig, "DELETE", NEUTRON "networks/n1", NULL),
                          "HTTP/1.1 204 No Content\r\n\r\n");
  CU_ASSERT_STRING_EQUAL (
      request (rig, "GET", NEUTRON "networks/n1", NULL),
      "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 59\r\n\r\n"
      "{\"error\":{\"status\":404,\"message\":\"there is no network n1\"}}");
  CU_ASSERT_TRUE (g_str_has_prefix (request (rig, "PATCH", NEUTRON "networks/n1", NULL),
                                    "HTTP/1.1 405 Method Not Allowed\r\n"));
  CU_ASSERT_FALSE (rig->client.closed);
}

static void
test_old_port (void)
{
  g_autoptr (Rig) rig = begin ();

  net_stream_close (rig->client.stream);
  dial (rig, "tcp:127.0.0.1:8080");
  CU_ASSERT_TRUE (g_str_has_prefix (request (rig, "GET", NEUTRON "networks", NULL), "HTTP/1.1 200 OK\r\n"));
}

static void
test_pieces (void)
{
  g_autoptr (Rig) rig = begin ();
  const char *heard;

  fake_world_chop (rig->bench->fake, 1);
  CU_ASSERT_TRUE (
      g_str_has_prefix (request (rig, "POST", NEUTRON "networks", NETWORK), "HTTP/1.1 201 Created\r\n"));
  fake_world_chop (rig->bench->fake, 0);
  heard = say (rig, "DELETE " NEUTRON "networks/n1 HTTP/1.1\r\n" HOST "\r\nDELETE " NEUTRON
                    "networks/n1 HTTP/1.1\r\n" HOST "\r\n");
  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 404 Not Found\r\n"));
  heard = say (
      rig, "POST " NEUTRON "networks HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
           "1d\r\n{\"network\": {\"id\": \"n2\", \"pro\r\n"
           "3c\r\nvider:network_type\": \"vxlan\", \"provider:segmentation_id\": 7}\r\n1\r\n}\r\n0\r\n\r\n");
  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 201 Created\r\n"));
}

static void
test_close (void)
{
  g_autoptr (Rig) rig = begin ();
  const char *heard = say (rig, "GET " NEUTRON "networks HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");

  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 200 OK\r\n"));
  CU_ASSERT_PTR_NOT_NULL (strstr (heard, "\r\nConnection: close\r\n"));
  CU_ASSERT_TRUE (rig->client.closed);
}

static void
test_bad_body (void)
{
  g_autoptr (Rig) rig = begin ();

  CU_ASSERT_TRUE (g_str_has_prefix (request (rig, "POST", NEUTRON "networks", "{\"network\": "),
                                    "HTTP/1.1 400 Bad Request\r\n"));
  CU_ASSERT_PTR_NOT_NULL (strstr (rig->client.heard->str, "the body is no JSON: line 1, column 12: "));
  CU_ASSERT_TRUE (
      g_str_has_prefix (request (rig, "POST", NEUTRON "networks", "[1, 2]"), "HTTP/1.1 400 Bad Request\r\n"));
  CU_ASSERT_TRUE (
      g_str_has_prefix (request (rig, "POST", NEUTRON "networks", NULL), "HTTP/1.1 400 Bad Request\r\n"));
  CU_ASSERT_FALSE (rig->client.closed);
  CU_ASSERT_TRUE (
      g_str_has_prefix (request (rig, "POST", NEUTRON "networks", NETWORK), "HTTP/1.1 201 Created\r\n"));
}

/* ---- what ends a session ------------------------------------------------------------------------------------- */

/* How often the trace tells of this kind. */
static guint
count_told (Rig *rig, const char *kind)
{
  g_autofree char *head = g_strdup_printf ("misuse %s rest tcp:127.0.0.1", kind);
  guint n = 0;

  for (const char *at = fake_world_states (rig->bench->fake); (at = strstr (at, head)); at++)
    n++;
  return n;
}

#define POST "POST " NEUTRON "networks HTTP/1.1\r\n"

/* The head, and so many of these lines. */
static char *
repeat (const char *head, guint n, const char *line)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, line);
  return g_string_free (text, FALSE);
}

/* Each ends its session with one answer. */
static void
test_no_http (void)
{
  g_autofree char *path = g_strnfill (ODL_REST_MAX_PATH + 1, 'a'), *flood = g_strnfill (90000, 'x');
  g_autofree char *long_path = g_strdup_printf ("GET /%s HTTP/1.1\r\n\r\n", path);
  g_autofree char *long_field = g_strdup_printf ("GET / HTTP/1.1\r\nCookie: %s\r\n\r\n", flood);
  g_autofree char *fields = repeat ("GET / HTTP/1.1\r\n", 9000, "X-Why: y\r\n");
  g_autofree char *chunk = g_strdup_printf ("4000\r\n%.16384s\r\n", flood);
  g_autofree char *chunks = repeat (POST HOST "Transfer-Encoding: chunked\r\n\r\n", 65, chunk);
  const struct
  {
    const char *text, *answer, *kind;
  } cases[] = {
    { "\x16\x03\x01\x02", "501 Not Implemented", "unknown" }, /* a TLS client hello */
    { "GET / SMTP/9\r\n\r\n", "400 Bad Request", "malformed" },
    { "GET  HTTP/1.1\r\n\r\n", "400 Bad Request", "malformed" },
    { "GET / HTTP/1.1\r\nno colon\r\n\r\n", "400 Bad Request", "malformed" },
    { "GET / HTTP/1.1\r\n" HOST "a\x01: b\r\n\r\n", "400 Bad Request", "malformed" },
    { "GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "malformed" },              /* no host */
    { "GET / HTTP/1.1\r\n" HOST HOST "\r\n", "400 Bad Request", "malformed" }, /* two */
    { POST HOST "Content-Length: -1\r\n\r\n", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", "400 Bad Request", "malformed" },
    { POST HOST "Transfer-Encoding: gzip\r\n\r\n", "400 Bad Request", "malformed" },
    { POST HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request", "malformed" },
    { POST HOST "\r\n", "411 Length Required", "malformed" },
    { "PUT " NEUTRON "networks/n1 HTTP/1.0\r\n\r\n", "411 Length Required", "malformed" },
    { POST HOST "Content-Length: 1048577\r\n\r\n", "413 Payload Too Large", "too-large" },
    { POST HOST "Content-Length: 9999999999\r\n\r\n", "413 Payload Too Large", "too-large" },
    { POST HOST "Content-Length: 99999999999999999999\r\n\r\n", "400 Bad Request", "malformed" },
    { chunks, "413 Payload Too Large", "too-large" },
    { long_path, "414 URI Too Long", "too-large" },
    { POST HOST "Expect: miracles\r\nContent-Length: 1\r\n\r\n", "417 Expectation Failed", "unknown" },
    { long_field, "431 Request Header Fields Too Large", "too-large" },
    { fields, "431 Request Header Fields Too Large", "too-large" },
    { "CONNECT odl:443 HTTP/1.1\r\n" HOST "\r\n", "501 Not Implemented", "unknown" },
    { "GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "501 Not Implemented",
      "unknown" },
    { "BREW /coffee HTTP/1.1\r\n" HOST "\r\n", "501 Not Implemented", "unknown" },
    { "GET / HTTP/2.0\r\n" HOST "\r\n", "505 HTTP Version Not Supported", "unknown" },
    { "GET /\r\n\r\n", "505 HTTP Version Not Supported", "unknown" }, /* HTTP/0.9 */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = begin ();
      const char *text = cases[i].text, *heard;
      g_autofree char *wanted = g_strdup_printf ("HTTP/1.1 %s\r\n", cases[i].answer);

      heard = say (rig, text);
      if (!g_str_has_prefix (heard, wanted))
        printf ("# wanted %s for %.40s, got %.80s\n", cases[i].answer, text, heard);
      CU_ASSERT_TRUE (g_str_has_prefix (heard, wanted));
      CU_ASSERT_PTR_NOT_NULL (strstr (heard, "\r\nConnection: close\r\n"));
      CU_ASSERT_EQUAL (count_told (rig, cases[i].kind), 1);
      CU_ASSERT_TRUE (rig->client.closed);
      CU_ASSERT_EQUAL (rig->bench->odl->rest_sessions->len, 0);
    }
}

/* ---- what does not ------------------------------------------------------------------------------------------- */

/* Each is answered, and the session answers the next request. */
static void
test_lives_on (void)
{
  static const struct
  {
    const char *text, *answer, *kind;
  } cases[] = {
    { POST HOST "Content-Length: 12\r\n\r\n{\"network\": ", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 5\r\n\r\n{} {}", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 14\r\n\r\n{\"a\":1, \"a\":2}", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 3\r\n\r\n\"\xff\"", "400 Bad Request", "malformed" },
    { POST HOST "Content-Length: 0\r\n\r\n", "400 Bad Request", "malformed" },
    { "GET /controller/nb/v2/neutron/networks/%zz HTTP/1.1\r\n" HOST "\r\n", "400 Bad Request", "malformed" },
    { "GET /controller/nb/v2/neutron/networks/%00 HTTP/1.1\r\n" HOST "\r\n", "400 Bad Request", "malformed" },
    { "GET /controller/nb/v2/neutron/networks/%ff HTTP/1.1\r\n" HOST "\r\n", "400 Bad Request", "malformed" },
    { "GET /caf\xe9 HTTP/1.1\r\n" HOST "\r\n", "400 Bad Request", "malformed" },
    { "PATCH " NEUTRON "networks HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "405 Method Not Allowed",
      "unknown" },
    { "TRACE " NEUTRON "networks HTTP/1.1\r\n" HOST "\r\n", "405 Method Not Allowed", "unknown" },
    { "GET /nowhere HTTP/1.1\r\n" HOST "\r\n", "404 Not Found", NULL },
    { "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "404 Not Found", NULL },
    { "GET http://odl:8181" NEUTRON "networks?a=b HTTP/1.1\r\n" HOST "\r\n", "200 OK", NULL },
    { "\r\n\r\nGET " NEUTRON "networks HTTP/1.1\r\n" HOST "\r\n", "200 OK", NULL },
    { "GET " NEUTRON "networks HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", "200 OK", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = begin ();
      g_autofree char *wanted = g_strdup_printf ("HTTP/1.1 %s\r\n", cases[i].answer);
      const char *heard = say (rig, cases[i].text);

      if (!g_str_has_prefix (heard, wanted))
        printf ("# wanted %s for %.60s, got %s\n", cases[i].answer, cases[i].text, heard);
      CU_ASSERT_TRUE (g_str_has_prefix (heard, wanted));
      CU_ASSERT_EQUAL (strstr (fake_world_states (rig->bench->fake), "misuse ") != NULL,
                       cases[i].kind != NULL);
      CU_ASSERT_EQUAL (cases[i].kind ? count_told (rig, cases[i].kind) : 0, cases[i].kind != NULL);
      CU_ASSERT_TRUE (
          g_str_has_prefix (request (rig, "POST", NEUTRON "networks", NETWORK), "HTTP/1.1 201 Created\r\n"));
    }
}

static void
test_head (void)
{
  g_autoptr (Rig) rig = begin ();

  CU_ASSERT_STRING_EQUAL (say (rig, "HEAD " NEUTRON "networks HTTP/1.1\r\n" HOST "\r\n"),
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n");
}

static void
test_expect (void)
{
  g_autoptr (Rig) rig = begin ();
  g_autofree char *head
      = g_strdup_printf (POST HOST "Expect: 100-Continue\r\nContent-Length: %zu\r\n\r\n", strlen (NETWORK));

  CU_ASSERT_STRING_EQUAL (say (rig, head), "HTTP/1.1 100 Continue\r\n\r\n");
  CU_ASSERT_TRUE (g_str_has_prefix (say (rig, NETWORK), "HTTP/1.1 201 Created\r\n"));
}

/* A request behind a bad one, in the same bytes, is answered after it; behind one that ends the session it is not read. */
static void
test_pipeline (void)
{
  g_autoptr (Rig) rig = begin ();
  const char *heard
      = say (rig, POST HOST "Content-Length: 1\r\n\r\n{GET " NEUTRON "networks HTTP/1.1\r\n" HOST
                            "\r\n" POST HOST "\r\nDELETE " NEUTRON "networks/n1 HTTP/1.1\r\n" HOST "\r\n");
  const char *second = strstr (heard, "HTTP/1.1 200 OK\r\n"), *third = strstr (heard, "HTTP/1.1 411 ");

  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 400 Bad Request\r\n"));
  CU_ASSERT_TRUE (second && third && second < third);
  CU_ASSERT_PTR_NULL (strstr (heard, "HTTP/1.1 404 "));
  CU_ASSERT_TRUE (rig->client.closed);
}

/* Each path that refuses a method names those that it has, and has them. */
static void
test_allow (void)
{
  static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH" }, *const paths[] = {
    NEUTRON "networks",
    NEUTRON "networks/n1",
    "/restconf/config/itm:transport-zones/",
    "/restconf/config/network-topology:network-topology/topology/hwvtep:1",
    "/restconf/config/network-topology:network-topology/topology/hwvtep:1/node/n",
    "/restconf/operational/network-topology:network-topology/topology/hwvtep:1",
    "/restconf/operational/network-topology:network-topology/topology/hwvtep:1/node/n",
    "/restconf/config/lldp-discovery:neighbors",
    "/restconf/config/itm-config:tunnel-monitor-params",
    "/restconf/config/itm-config:tunnel-monitor-interval",
    "/restconf/operational/itm-state:tunnels_state",
    "/restconf/config/itm-state:external-tunnel-list",
    "/restconf/config/itm-state:dpn-endpoints",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (methods); j++)
      {
        g_autoptr (Rig) rig = begin ();
        const char *allow = odl_northbound_allow (paths[i]),
                   *heard = request (rig, methods[j], paths[i], "{}");
        g_auto (GStrv) allowed = g_strsplit (allow, ", ", -1);
        g_autofree char *field = g_strdup_printf ("\r\nAllow: %s\r\n", allow);
        gboolean refused = g_str_has_prefix (heard, "HTTP/1.1 405 ");

        if (refused == g_strv_contains ((const char *const *) allowed, methods[j]))
          printf ("# %s %s: %.30s, allowed: %s\n", methods[j], paths[i], heard, allow);
        CU_ASSERT_EQUAL (refused, !g_strv_contains ((const char *const *) allowed, methods[j]));
        CU_ASSERT_EQUAL (strstr (heard, field) != NULL, refused);
      }
}

/* ---- time ---------------------------------------------------------------------------------------------------- */

static void
test_silence (void)
{
  g_autoptr (Rig) rig = begin ();

  odl_bench_run (rig->bench, 29 * NET_SEC);
  CU_ASSERT_FALSE (rig->client.closed);
  odl_bench_run (rig->bench, 2 * NET_SEC);
  CU_ASSERT_TRUE (rig->client.closed);
  CU_ASSERT_STRING_EQUAL (rig->client.heard->str, "");
  CU_ASSERT_EQUAL (count_told (rig, "unfinished"), 0);
}

/* Of the head, and of the body. */
static void
test_half (void)
{
  static const char *const halves[] = { "GET / HT", POST HOST "Content-Length: 100\r\n\r\n{" };

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autoptr (Rig) rig = begin ();

      say (rig, halves[i]);
      odl_bench_run (rig->bench, 31 * NET_SEC);
      CU_ASSERT_TRUE (g_str_has_prefix (rig->client.heard->str, "HTTP/1.1 408 Request Timeout\r\n"));
      CU_ASSERT_TRUE (rig->client.closed);
      CU_ASSERT_EQUAL (count_told (rig, "unfinished"), 1);
    }
}

static void
test_drip (void)
{
  g_autoptr (Rig) rig = begin ();

  say (rig, "GET /");
  for (guint i = 0; i < 14; i++)
    {
      odl_bench_run (rig->bench, 20 * NET_SEC);
      say (rig, "a");
    }
  CU_ASSERT_FALSE (rig->client.closed);
  odl_bench_run (rig->bench, 20 * NET_SEC);
  CU_ASSERT_TRUE (rig->client.closed);
  CU_ASSERT_EQUAL (count_told (rig, "unfinished"), 1);
}

static void
test_cut (void)
{
  g_autoptr (Rig) rig = begin ();

  say (rig, POST HOST "Content-Length: 100\r\n\r\n{");
  net_stream_close (g_steal_pointer (&rig->client.stream));
  odl_bench_run (rig->bench, NET_MSEC);
  CU_ASSERT_EQUAL (count_told (rig, "unfinished"), 1);
  CU_ASSERT_EQUAL (rig->bench->odl->rest_sessions->len, 0);
}

static void
test_crowd (void)
{
  g_autoptr (Rig) rig = begin ();
  NetStream *others[255];
  static const NetStreamEvents deaf;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = net_world_connect (fake_world (rig->bench->fake), "tcp:127.0.0.1:8181", &deaf, NULL, NULL);
  odl_bench_run (rig->bench, NET_MSEC);
  dial (rig, "tcp:127.0.0.1:8181");
  CU_ASSERT_TRUE (rig->client.closed);
  CU_ASSERT_TRUE (g_str_has_prefix (rig->client.heard->str, "HTTP/1.1 503 Service Unavailable\r\n"));
  CU_ASSERT_EQUAL (rig->bench->odl->rest_sessions->len, 256);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    net_stream_close (others[i]);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "verbs and paths get the door's status and body; credentials are not looked at", test_verbs },
    { "port 8080 of older releases leads to the same door", test_old_port },
    { "requests may come byte by byte, pipelined and in chunks", test_pieces },
    { "a client that asks for one answer only gets it, and the end", test_close },
    { "a body that is no JSON or no object is refused, and the session goes on", test_bad_body },
    { "what is no HTTP, too long or not spoken here gets one answer of its status, is counted, and the end",
      test_no_http },
    { "what can be told from the next request is answered, counted when it is no HTTP or JSON, and the "
      "session goes on",
      test_lives_on },
    { "HEAD is GET without a body", test_head },
    { "who expects 100-continue gets it before the body", test_expect },
    { "pipelined requests are answered in their order, until one that ends the session", test_pipeline },
    { "405 names the methods that the path has", test_allow },
    { "a session that is silent for 30 s ends without a word", test_silence },
    { "half a request is answered 408 after 30 s, and counted", test_half },
    { "a request that drips in has 300 s", test_drip },
    { "a stream that ends within a request is counted", test_cut },
    { "the 257th session is answered 503", test_crowd },
    { NULL, NULL },
  };

  return tap_main ("odl-rest", tests);
}
