/* REST: the northbound door over a stream, in pieces, pipelined, and with bad requests. */
#include "odl-bench.h"
#include "models/odl/rest.h"
#include "tap.h"

#include <string.h>

#define NEUTRON "/controller/nb/v2/neutron/"
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
  heard = say (rig, "DELETE " NEUTRON "networks/n1 HTTP/1.1\r\n\r\nDELETE " NEUTRON
                    "networks/n1 HTTP/1.1\r\n\r\n");
  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 404 Not Found\r\n"));
  heard = say (
      rig, "POST " NEUTRON "networks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
           "1d\r\n{\"network\": {\"id\": \"n2\", \"pro\r\n"
           "3c\r\nvider:network_type\": \"vxlan\", \"provider:segmentation_id\": 7}\r\n1\r\n}\r\n0\r\n\r\n");
  CU_ASSERT_TRUE (g_str_has_prefix (heard, "HTTP/1.1 201 Created\r\n"));
}

static void
test_close (void)
{
  g_autoptr (Rig) rig = begin ();
  const char *heard = say (rig, "GET " NEUTRON "networks HTTP/1.1\r\nConnection: close\r\n\r\n");

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

/* Each ends its session with one answer. */
static void
test_no_http (void)
{
  g_autofree char *path = g_strnfill (ODL_REST_MAX_PATH + 1, 'a');
  g_autofree char *long_path = g_strdup_printf ("GET /%s HTTP/1.1\r\n\r\n", path);
  const struct
  {
    const char *text, *answer;
  } cases[] = {
    { "\x16\x03\x01\x02", "HTTP/1.1 400 Bad Request\r\n" }, /* a TLS client hello */
    { "GET / SMTP/9\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n" },
    { "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n" },
    { "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", "HTTP/1.1 413 Payload Too Large\r\n" },
    { "CONNECT odl:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n" },
    { long_path, "HTTP/1.1 414 URI Too Long\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Rig) rig = begin ();

      CU_ASSERT_TRUE (g_str_has_prefix (say (rig, cases[i].text), cases[i].answer));
      CU_ASSERT_TRUE (rig->client.closed);
      CU_ASSERT_EQUAL (rig->bench->odl->rest_sessions->len, 0);
    }
}

static void
test_silence (void)
{
  g_autoptr (Rig) rig = begin ();

  say (rig, "GET / HT");
  odl_bench_run (rig->bench, 29 * NET_SEC);
  CU_ASSERT_FALSE (rig->client.closed);
  odl_bench_run (rig->bench, 2 * NET_SEC);
  CU_ASSERT_TRUE (rig->client.closed);
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
    { "what is no HTTP, too long or an upgrade gets one answer, and the end", test_no_http },
    { "a session that is silent for 30 s ends", test_silence },
    { NULL, NULL },
  };

  return tap_main ("odl-rest", tests);
}
