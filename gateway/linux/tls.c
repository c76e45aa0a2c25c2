/* The world's side of TLS: credentials, handshakes that are under way, and news from the thread. */
#include "gateway/linux/tls.h"

#include "gateway/linux/inside.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A peer that takes nothing for so long is gone, as TCP sees it (RFC 5482). */
#define WRITE_PATIENCE_MS 60000u

/* GIO has no word for the least version; its backend has this, read when its first connection is made.  What it lets
 * through is looked at once more after each handshake. */
#define PRIORITY_VARIABLE "G_TLS_GNUTLS_PRIORITY"
#define PRIORITY          "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

typedef struct
{
  guint64 id;
  char *peer;
  LinuxTlsDone done;
  gpointer user;
} Handshake;

struct _LinuxTls
{
  LinuxWorld *world;
  GTlsCertificate *certificate;
  GTlsDatabase *authorities;
  GQueue handshakes; /* of Handshake, oldest first */
  guint64 next_id;
  LinuxTlsThread
      *thread;          /* NULL until it is needed: threads begin when the program has given up its rights */
  GAsyncQueue *results; /* of LinuxTlsResult */
  LinuxWatch news;      /* an eventfd */
};

/* ---- results ----------------------------------------------------------------------------------------------------- */

static void
result_free (gpointer data)
{
  LinuxTlsResult *result = data;

  if (result->fd >= 0)
    close (result->fd);
  g_free (result->why);
  g_free (result);
}

/* In the thread. */
static void
post (LinuxTlsResult *result, gpointer user)
{
  LinuxTls *tls = user;
  const guint64 one = 1;
  gssize n;

  g_async_queue_push (tls->results, result);
  n = write (tls->news.fd, &one, sizeof one);
  g_assert (n == sizeof one); /* an eventfd is never full of ones */
}

static Handshake *
take_handshake (LinuxTls *tls, guint64 id)
{
  for (GList *link = tls->handshakes.head; link; link = link->next)
    {
      Handshake *handshake = link->data;
      if (handshake->id == id)
        {
          g_queue_delete_link (&tls->handshakes, link);
          return handshake;
        }
    }
  return NULL;
}

static void
handshake_free (gpointer data)
{
  Handshake *handshake = data;

  g_free (handshake->peer);
  g_free (handshake);
}

/* What nobody waits for any more is closed, and so is its session. */
static void
tell (LinuxTls *tls, LinuxTlsResult *result)
{
  Handshake *handshake = take_handshake (tls, result->id);

  if (!handshake)
    return;
  handshake->done (result->fd, handshake->peer, result->why, handshake->user);
  result->fd = -1;
  handshake_free (handshake);
}

static void
on_news (LinuxWatch *watch, guint32 events)
{
  LinuxTls *tls = watch->owner;
  LinuxTlsResult *result;
  guint64 n;

  (void) events;
  if (read (watch->fd, &n, sizeof n) < 0)
    return;
  while ((result = g_async_queue_try_pop (tls->results)))
    {
      tell (tls, result);
      result_free (result);
    }
}

/* ---- handshakes -------------------------------------------------------------------------------------------------- */

void
linux_tls_begin (LinuxTls *tls, int fd, gboolean is_server, char *peer, LinuxTlsDone done, gpointer user)
{
  Handshake *handshake = g_new (Handshake, 1);
  LinuxTlsJob *job;
  const int yes = 1;
  const guint patience_ms = WRITE_PATIENCE_MS;

  *handshake = (Handshake){ tls->next_id++, peer, done, user };
  g_queue_push_tail (&tls->handshakes, handshake);
  if (tls->handshakes.length > LINUX_TLS_HANDSHAKES)
    {
      LinuxTlsResult refusal
          = { .id = handshake->id, .fd = -1, .why = g_strdup ("too many handshakes are under way") };
      close (fd);
      post (g_memdup2 (&refusal, sizeof refusal), tls);
      return;
    }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
  if (!tls->thread)
    tls->thread = linux_tls_thread_new (post, tls);
  job = g_new (LinuxTlsJob, 1);
  *job = (LinuxTlsJob){ .id = handshake->id,
                        .fd = fd,
                        .is_server = is_server,
                        .certificate = g_object_ref (tls->certificate),
                        .authorities = g_object_ref (tls->authorities) };
  linux_tls_thread_do (tls->thread, job);
}

void
linux_tls_forget (LinuxTls *tls, gpointer user)
{
  GList *next;

  for (GList *link = tls ? tls->handshakes.head : NULL; link; link = next)
    {
      Handshake *handshake = link->data;
      next = link->next;
      if (handshake->user == user)
        {
          g_queue_delete_link (&tls->handshakes, link);
          handshake_free (handshake);
        }
    }
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

void
linux_tls_set_credentials (LinuxTls *tls, GTlsCertificate *certificate, GTlsDatabase *authorities)
{
  g_clear_object (&tls->certificate);
  g_clear_object (&tls->authorities);
  tls->certificate = certificate;
  tls->authorities = authorities;
}

LinuxTls *
linux_tls_new (LinuxWorld *world, GError **error)
{
  LinuxTls *tls = g_new0 (LinuxTls, 1);

  tls->world = world;
  tls->results = g_async_queue_new_full (result_free);
  tls->news = (LinuxWatch){ .fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC), .ready = on_news, .owner = tls };
  if (tls->news.fd >= 0 && linux_loop_watch (world->loop, &tls->news, EPOLLIN))
    return tls;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM, "the kernel offers no eventfd: %s",
               g_strerror (errno));
  linux_tls_free (tls);
  return NULL;
}

void
linux_tls_free (LinuxTls *tls)
{
  if (!tls)
    return;
  linux_tls_thread_free (tls->thread);
  linux_loop_unwatch (tls->world->loop, &tls->news);
  if (tls->news.fd >= 0)
    close (tls->news.fd);
  g_queue_clear_full (&tls->handshakes, handshake_free);
  g_async_queue_unref (tls->results);
  g_clear_object (&tls->certificate);
  g_clear_object (&tls->authorities);
  g_free (tls);
}

/* ---- the program's side ------------------------------------------------------------------------------------------ */

/* GIO would find out that they are no pair in the first handshake, and tell nobody but the peer. */
static gboolean
check_pair (const LinuxTlsFiles *files, GError **error)
{
  const gnutls_datum_t certificate
      = { (guint8 *) files->certificate_pem, (guint) strlen (files->certificate_pem) },
      key = { (guint8 *) files->private_key_pem, (guint) strlen (files->private_key_pem) };
  gnutls_certificate_credentials_t pair;
  int problem = gnutls_certificate_allocate_credentials (&pair);

  if (problem == GNUTLS_E_SUCCESS)
    {
      problem = gnutls_certificate_set_x509_key_mem (pair, &certificate, &key, GNUTLS_X509_FMT_PEM);
      gnutls_certificate_free_credentials (pair);
    }
  if (problem >= 0)
    return TRUE;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET,
               "certificate '%s' and private key '%s' are no pair: %s", files->certificate_path,
               files->private_key_path, gnutls_strerror (problem));
  return FALSE;
}

static GTlsCertificate *
read_certificate (const LinuxTlsFiles *files, GError **error)
{
  g_autofree char *pem = g_strjoin ("\n", files->certificate_pem, files->private_key_pem, NULL);
  GTlsCertificate *certificate = g_tls_certificate_new_from_pem (pem, -1, error);

  if (!certificate)
    g_prefix_error (error,
                    "certificate '%s' and private key '%s' are not understood: ", files->certificate_path,
                    files->private_key_path);
  else if (!check_pair (files, error))
    g_clear_object (&certificate);
  return certificate;
}

gboolean
linux_world_set_tls (LinuxWorld *world, const LinuxTlsFiles *files, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  /* GLib trusts nobody, and says so to nobody, when the path is relative. */
  g_autofree char *ca_path = g_canonicalize_filename (files->ca_path, NULL);
  GTlsDatabase *authorities;

  g_setenv (PRIORITY_VARIABLE, PRIORITY, TRUE);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_SYSTEM,
                   "TLS needs GIO's backend for it; Debian has it in the package glib-networking");
      return FALSE;
    }
  certificate = read_certificate (files, error);
  if (!certificate)
    return FALSE;
  authorities = g_tls_file_database_new (ca_path, error);
  if (!authorities)
    {
      g_prefix_error (error, "'%s' has no authorities: ", files->ca_path);
      return FALSE;
    }
  if (!world->tls)
    world->tls = linux_tls_new (world, error);
  if (world->tls)
    linux_tls_set_credentials (world->tls, g_steal_pointer (&certificate), authorities);
  else
    g_object_unref (authorities);
  return world->tls != NULL;
}
