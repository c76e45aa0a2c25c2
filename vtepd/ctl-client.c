/* A unix socket, lines and chunks. */
#include "vtepd/ctl-client.h"

#include "net/cursor.h"
#include "vtepd/ctl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_ANSWER_BYTES (64u << 20)
#define MAX_CHUNK_BYTES  (16u << 20)
#define CHUNK_HEAD       5u

struct _VtepdClient
{
  int fd;
  GByteArray *in; /* what came and is not yet taken */
};

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static char *
find_socket (GError **error)
{
  g_autoptr (GDir) directory = g_dir_open (VTEPD_CTL_DIRECTORY, 0, NULL);
  g_autofree char *found = NULL;
  const char *name;

  while (directory && (name = g_dir_read_name (directory)))
    if (g_str_has_suffix (name, ".ctl"))
      {
        if (found)
          return vtepd_ctl_refuse (error, "there are several switches in %s; say which, as --ctl %s",
                                   VTEPD_CTL_DIRECTORY, found);
        found = g_build_filename (VTEPD_CTL_DIRECTORY, name, NULL);
      }
  if (!found)
    return vtepd_ctl_refuse (error, "no vtepd has a socket in %s; say where it is by --ctl PATH",
                             VTEPD_CTL_DIRECTORY);
  return g_steal_pointer (&found);
}

static int
connect_to (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (strlen (path) >= sizeof address.sun_path)
    {
      vtepd_ctl_refuse (error, "'%s' is longer than a socket's path can be", path);
      return -1;
    }
  strcpy (address.sun_path, path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  vtepd_ctl_refuse (error, "'%s' cannot be reached: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

VtepdClient *
vtepd_client_new (const char *path, GError **error)
{
  g_autofree char *found = path ? g_strdup (path) : find_socket (error);
  int fd = found ? connect_to (found, error) : -1;
  VtepdClient *client;

  if (fd < 0)
    return NULL;
  client = g_new (VtepdClient, 1);
  *client = (VtepdClient){ fd, g_byte_array_new () };
  return client;
}

void
vtepd_client_free (VtepdClient *client)
{
  if (!client)
    return;
  close (client->fd);
  g_byte_array_unref (client->in);
  g_free (client);
}

/* ---- question and answer ----------------------------------------------------------------------------------------- */

/* 0: the daemon has ended; < 0: errno. */
static gssize
read_more (VtepdClient *client)
{
  guint8 bytes[65536];
  gssize n = read (client->fd, bytes, sizeof bytes);

  if (n > 0)
    g_byte_array_append (client->in, bytes, (guint) n);
  return n;
}

static char *
read_line (VtepdClient *client, GError **error)
{
  for (;;)
    {
      const guint8 *end = client->in->len ? memchr (client->in->data, '\n', client->in->len) : NULL;
      if (end)
        {
          gsize length = (gsize) (end - client->in->data);
          char *line = g_strndup ((const char *) client->in->data, length);
          g_byte_array_remove_range (client->in, 0, (guint) length + 1);
          return line;
        }
      if (client->in->len > MAX_ANSWER_BYTES)
        return vtepd_ctl_refuse (error, "the answer has more than %u bytes", MAX_ANSWER_BYTES);
      if (read_more (client) <= 0)
        return vtepd_ctl_refuse (error, "vtepd ended the connection without an answer");
    }
}

static gboolean
send_all (int fd, const char *text, gsize n)
{
  while (n)
    {
      gssize done = send (fd, text, n, MSG_NOSIGNAL);
      if (done < 0 && errno != EINTR)
        return FALSE;
      text += MAX (done, 0);
      n -= (gsize) MAX (done, 0);
    }
  return TRUE;
}

json_t *
vtepd_client_ask (VtepdClient *client, json_t *request, GError **error)
{
  char *text = json_dumps (request, JSON_COMPACT);
  gboolean sent = send_all (client->fd, text, strlen (text)) && send_all (client->fd, "\n", 1);
  g_autofree char *line = sent ? read_line (client, error) : NULL;
  json_t *answer = line ? json_loads (line, 0, NULL) : NULL,
         *result = json_incref (json_object_get (answer, "result"));
  const char *refusal = json_string_value (json_object_get (answer, "error"));

  free (text);
  json_decref (request);
  if (!result && !*error)
    vtepd_ctl_refuse (error, "%s", refusal ? refusal : "the answer is not understood");
  json_decref (answer);
  return result;
}

/* ---- capture ----------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t told_to_stop;

static void
on_stop (int signal)
{
  (void) signal;
  told_to_stop = 1;
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize n)
{
  while (n)
    {
      gssize done = write (fd, bytes, n);
      if (done < 0 && errno != EINTR)
        return FALSE;
      bytes += MAX (done, 0);
      n -= (gsize) MAX (done, 0);
    }
  return TRUE;
}

/* FALSE: nobody reads, or the chunk is none. */
static gboolean
take_chunk (guint8 kind, const guint8 *bytes, gsize n, int to, json_t **counts)
{
  if (kind == VTEPD_CHUNK_PCAPNG)
    return write_all (to, bytes, n);
  if (kind != VTEPD_CHUNK_COUNTS)
    return FALSE;
  json_decref (*counts);
  *counts = json_loadb ((const char *) bytes, n, 0, NULL);
  return TRUE;
}

static gboolean
take_chunks (VtepdClient *client, int to, json_t **counts)
{
  while (client->in->len >= CHUNK_HEAD)
    {
      gsize n = net_get_be32 (client->in->data + 1);
      if (n > MAX_CHUNK_BYTES)
        return FALSE;
      if (client->in->len < CHUNK_HEAD + n)
        break;
      if (!take_chunk (client->in->data[0], client->in->data + CHUNK_HEAD, n, to, counts))
        return FALSE;
      g_byte_array_remove_range (client->in, 0, (guint) (CHUNK_HEAD + n));
    }
  return TRUE;
}

gboolean
vtepd_client_capture (VtepdClient *client, int to, json_t **counts, GError **error)
{
  struct sigaction stop = { .sa_handler = on_stop }, ignore = { .sa_handler = SIG_IGN };
  gboolean asked = FALSE;
  gssize n = 1;

  sigaction (SIGINT, &stop, NULL);
  sigaction (SIGTERM, &stop, NULL);
  sigaction (SIGPIPE, &ignore, NULL);
  while (take_chunks (client, to, counts))
    {
      struct pollfd ready = { .fd = client->fd, .events = POLLIN };
      if (told_to_stop && !asked)
        asked = send_all (client->fd, "\n", 1);
      /* The timeout is for a signal that comes between the question and poll(). */
      if (poll (&ready, 1, asked ? -1 : 200) > 0 && (n = read_more (client)) <= 0)
        break;
    }
  if (n > 0)
    return TRUE;
  if (!*counts)
    vtepd_ctl_refuse (error, "vtepd ended the capture");
  return *counts != NULL;
}
