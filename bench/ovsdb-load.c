/* A load on an OVSDB server: inserts Ucast_Macs_Remote rows while other connections monitor them.
 *
 *   ovsdb-load SOCKET ROWS BATCH WINDOW MONITORS [PRELOAD]
 *
 * BATCH rows a transaction, WINDOW transactions without an answer.  The clock starts when PRELOAD rows are there, and
 * stops when every transaction is answered and every monitor has seen every row.  All requests are made beforehand, so
 * that the clock sees the server and not this program.  Prints "ready", "wall_s=… client_cpu_s=… answers_per_s=…" and
 * "rows=… monitors_right=…", and before it goes on after each of the first two waits for a byte on standard input: who
 * started it reads the server's figures meanwhile.  Exits with 1 when a row is missing somewhere. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define N_LOCATORS 64u
#define BUFFER     (1u << 20)
#define UUID_TEXT  37
#define DATABASE   "hardware_vtep"
#define MONITORED  "{\"Ucast_Macs_Remote\":{\"columns\":[\"MAC\",\"logical_switch\",\"locator\",\"ipaddr\"]}}"

static char logical_switch[UUID_TEXT], locators[N_LOCATORS][UUID_TEXT];
static char buffer[BUFFER + 1];

static void
give_up (const char *what)
{
  fprintf (stderr, "ovsdb-load: %s: %s\n", what, strerror (errno));
  exit (1);
}

/* ---- one request, one answer ------------------------------------------------------------------------------------- */

static int
dial (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), bytes = 4 << 20;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    give_up (path);
  return fd;
}

static void
send_all (int fd, const char *text, gsize n)
{
  while (n)
    {
      ssize_t sent = send (fd, text, n, MSG_NOSIGNAL);
      if (sent < 0)
        give_up ("send");
      text += sent;
      n -= (gsize) sent;
    }
}

/* Whether the bytes end a message, the first byte of which opened it. */
static gboolean
ends_message (const char *bytes, gsize n, int *depth, gboolean *in_string)
{
  for (gsize i = 0; i < n; i++)
    if (bytes[i] == '"')
      *in_string = !*in_string; /* nothing here has an escaped quote */
    else if (!*in_string)
      *depth += (bytes[i] == '{' || bytes[i] == '[') - (bytes[i] == '}' || bytes[i] == ']');
  return *depth == 0;
}

/* The next message's text, when nothing follows it. */
static GString *
receive (int fd)
{
  GString *text = g_string_new (NULL);
  int depth = 0;
  gboolean in_string = FALSE;
  ssize_t n;

  do
    {
      n = recv (fd, buffer, BUFFER, 0);
      if (n <= 0)
        give_up ("recv");
      g_string_append_len (text, buffer, n);
    }
  while (!ends_message (buffer, (gsize) n, &depth, &in_string));
  return text;
}

static GString *
ask (int fd, const char *request, gsize n)
{
  send_all (fd, request, n);
  return receive (fd);
}

/* ---- what is there before ---------------------------------------------------------------------------------------- */

static void
take_uuid (const json_t *results, gsize i, char uuid[UUID_TEXT])
{
  const char *text
      = json_string_value (json_array_get (json_object_get (json_array_get (results, i), "uuid"), 1));

  if (!text)
    {
      fprintf (stderr, "ovsdb-load: the server refused to prepare: %s\n", json_dumps (results, 0));
      exit (1);
    }
  g_strlcpy (uuid, text, UUID_TEXT);
}

/* A logical switch, and locators that a row each keeps alive. */
static void
prepare (int fd)
{
  g_autoptr (GString) text = g_string_new ("{\"id\":0,\"method\":\"transact\",\"params\":[\"" DATABASE "\",");
  g_autoptr (GString) answer = NULL;
  json_t *reply;

  g_string_append (text, "{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"uuid-name\":\"ls\","
                         "\"row\":{\"name\":\"ls0\",\"tunnel_key\":5}}");
  for (guint i = 0; i < N_LOCATORS; i++)
    g_string_append_printf (text,
                            ",{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"l%u\","
                            "\"row\":{\"encapsulation_type\":"
                            "\"vxlan_over_ipv4\",\"dst_ip\":\"10.0.0.%u\"}},{\"op\":\"insert\",\"table\":"
                            "\"Ucast_Macs_Remote\",\"row\":{"
                            "\"MAC\":\"02:ff:00:00:00:%02x\",\"logical_switch\":[\"named-uuid\",\"ls\"],"
                            "\"locator\":[\"named-uuid\",\"l%u\"],"
                            "\"ipaddr\":\"\"}}",
                            i, i + 1, i, i);
  g_string_append (text, "]}");
  answer = ask (fd, text->str, text->len);
  reply = json_loadb (answer->str, answer->len, 0, NULL);
  take_uuid (json_object_get (reply, "result"), 0, logical_switch);
  for (guint i = 0; i < N_LOCATORS; i++)
    take_uuid (json_object_get (reply, "result"), 1 + 2 * i, locators[i]);
  json_decref (reply);
}

static void
append_insert (GString *text, guint row)
{
  g_string_append_printf (
      text,
      ",{\"op\":\"insert\",\"table\":\"Ucast_Macs_Remote\",\"row\":{\"MAC\":\"02:00:%02x:%02x:%02x:"
      "%02x\",\"logical_switch\":[\"uuid\",\"%s\"],\"locator\":[\"uuid\",\"%s\"],\"ipaddr\":\"10.%u."
      "%u.%u\"}}",
      row >> 24 & 255, row >> 16 & 255, row >> 8 & 255, row & 255, logical_switch, locators[row % N_LOCATORS],
      row >> 16 & 255, row >> 8 & 255, row & 255);
}

/* Transactions of `batch` rows each, one behind the other; `ends` (of gsize) says where each ends. */
static GString *
make_requests (guint first, guint n_rows, guint batch, GArray *ends)
{
  GString *text = g_string_sized_new ((gsize) n_rows * 300);

  for (guint row = first; row < first + n_rows; row += batch)
    {
      g_string_append (text, "{\"id\":1,\"method\":\"transact\",\"params\":[\"" DATABASE "\"");
      for (guint i = row; i < MIN (row + batch, first + n_rows); i++)
        append_insert (text, i);
      g_string_append (text, "]}");
      g_array_append_val (ends, text->len);
    }
  return text;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

/* Counts a mark in a byte stream, across the pieces it comes in. */
typedef struct
{
  int fd;
  const char *mark;
  gsize mark_length, kept;
  char tail[16];
  guint n;
  gboolean answers; /* not updates: errors may come */
} Counter;

static void
count (Counter *counter, const char *bytes, gsize n)
{
  for (const char *at = bytes;
       (at = memmem (at, n - (gsize) (at - bytes), counter->mark, counter->mark_length));
       at += counter->mark_length)
    counter->n++;
}

static void
read_counter (Counter *counter)
{
  ssize_t n;

  memcpy (buffer, counter->tail, counter->kept);
  n = recv (counter->fd, buffer + counter->kept, BUFFER - counter->kept, 0);
  if (n <= 0)
    give_up ("the server closed a connection");
  n += (ssize_t) counter->kept;
  count (counter, buffer, (gsize) n);
  if (counter->answers && memmem (buffer, (gsize) n, "\"details\"", 9))
    {
      fprintf (stderr, "ovsdb-load: the server answered %.400s\n", buffer);
      exit (1);
    }
  counter->kept = MIN (counter->mark_length - 1, (gsize) n);
  memcpy (counter->tail, buffer + n - counter->kept, counter->kept);
}

typedef struct
{
  const GString *text;
  const GArray *ends;
  guint sent; /* transactions */
  gsize at;   /* bytes */
} Sending;

/* TRUE: the socket takes no more now. */
static gboolean
send_some (int fd, Sending *sending, guint n_answered, guint window)
{
  while (sending->sent < sending->ends->len && sending->sent - n_answered < window)
    {
      guint last = MIN (n_answered + window, sending->ends->len) - 1;
      gsize end = g_array_index (sending->ends, gsize, last);
      ssize_t n = send (fd, sending->text->str + sending->at, end - sending->at, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN)
        return TRUE;
      if (n < 0)
        give_up ("send");
      sending->at += (gsize) n;
      while (sending->sent < sending->ends->len
             && g_array_index (sending->ends, gsize, sending->sent) <= sending->at)
        sending->sent++;
    }
  return FALSE;
}

static gboolean
all_seen (const Counter *counters, guint n_counters, guint n_rows)
{
  for (guint i = 1; i < n_counters; i++)
    if (counters[i].n < n_rows)
      return FALSE;
  return TRUE;
}

/* Counter 0 counts answers, the others rows. */
static void
run (Counter *counters, guint n_counters, guint n_rows, const GString *text, const GArray *ends, guint window)
{
  g_autofree struct pollfd *polled = g_new0 (struct pollfd, n_counters);
  Sending sending = { .text = text, .ends = ends };

  while (counters[0].n < ends->len || !all_seen (counters, n_counters, n_rows))
    {
      gboolean blocked = send_some (counters[0].fd, &sending, counters[0].n, window);
      for (guint i = 0; i < n_counters; i++)
        polled[i] = (struct pollfd){ counters[i].fd, POLLIN, 0 };
      polled[0].events = (short) (POLLIN | (blocked ? POLLOUT : 0));
      if (poll (polled, n_counters, 60000) <= 0)
        give_up ("the server is silent");
      for (guint i = 0; i < n_counters; i++)
        if (polled[i].revents & (POLLIN | POLLHUP))
          read_counter (&counters[i]);
    }
}

static void
monitor (int fd, guint id)
{
  g_autofree char *request = g_strdup_printf (
      "{\"id\":0,\"method\":\"monitor\",\"params\":[\"" DATABASE "\",%u," MONITORED "]}", id);

  g_string_free (ask (fd, request, strlen (request)), TRUE);
}

static void
inserts (int fd, guint first, guint n_rows, guint batch, guint window)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  GString *text = make_requests (first, n_rows, batch, ends);
  Counter answers = { .fd = fd, .mark = "\"error\":null", .mark_length = 12, .answers = TRUE };

  run (&answers, 1, 0, text, ends, window);
  g_string_free (text, TRUE);
}

/* Rows that the server says it has. */
static guint
count_rows (int fd)
{
  static const char request[]
      = "{\"id\":1,\"method\":\"transact\",\"params\":[\"" DATABASE "\",{\"op\":\"select\",\"table\":"
        "\"Ucast_Macs_Remote\",\"where\":[],\"columns\":[\"MAC\"]}]}";
  g_autoptr (GString) answer = ask (fd, request, sizeof request - 1);
  Counter rows = { .mark = "\"MAC\":", .mark_length = 6 };

  count (&rows, answer->str, answer->len);
  return rows.n;
}

/* Every row is in the table, and every monitor was told of each new one once.  Prints what is so. */
static gboolean
check (Counter *counters, guint n_monitors, guint n_new, guint n_before)
{
  guint n_there = count_rows (counters[0].fd), n_right = 0;

  for (guint i = 1; i <= n_monitors; i++)
    n_right += counters[i].n == n_new;
  printf ("rows=%u monitors_right=%u\n", n_there, n_right);
  return n_there == n_new + n_before + N_LOCATORS && n_right == n_monitors;
}

/* Until who started this has read the server's figures. */
static void
wait_for_a_byte (void)
{
  fflush (stdout);
  if (getchar () == EOF)
    exit (1);
}

int
main (int argc, char **argv)
{
  guint n_rows = (guint) bench_argument (argc, argv, 2, 100000),
        batch = (guint) bench_argument (argc, argv, 3, 1),
        window = (guint) bench_argument (argc, argv, 4, 64),
        n_monitors = (guint) bench_argument (argc, argv, 5, 1),
        preload = (guint) bench_argument (argc, argv, 6, 0);
  g_autofree Counter *counters = g_new0 (Counter, n_monitors + 1);
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  GString *text;
  double wall, cpu;

  if (argc < 2)
    {
      fprintf (stderr, "usage: ovsdb-load SOCKET ROWS BATCH WINDOW MONITORS [PRELOAD]\n");
      return 2;
    }
  counters[0]
      = (Counter){ .fd = dial (argv[1]), .mark = "\"error\":null", .mark_length = 12, .answers = TRUE };
  prepare (counters[0].fd);
  if (preload)
    inserts (counters[0].fd, n_rows, preload, 100, 4);
  for (guint i = 1; i <= n_monitors; i++)
    {
      counters[i] = (Counter){ .fd = dial (argv[1]), .mark = "\"MAC\":", .mark_length = 6 };
      monitor (counters[i].fd, i);
    }
  text = make_requests (0, n_rows, batch, ends);
  printf ("ready\n");
  wait_for_a_byte ();
  wall = bench_wall_seconds ();
  cpu = bench_cpu_seconds ();
  run (counters, n_monitors + 1, n_rows, text, ends, window);
  wall = bench_wall_seconds () - wall;
  cpu = bench_cpu_seconds () - cpu;
  printf ("wall_s=%.4f client_cpu_s=%.4f answers_per_s=%.0f\n", wall, cpu, ends->len / wall);
  wait_for_a_byte ();
  g_string_free (text, TRUE);
  return check (counters, n_monitors, n_rows, preload) ? 0 : 1;
}
