/* Dialling a controller. */
#include "models/ovs/controller.h"

#define MIN_BACKOFF_NS NET_SEC
#define MAX_BACKOFF_NS (8 * NET_SEC)

struct _OvsController
{
  OvsSessions *sessions;
  NetWorld *world;
  char *target;
  OvsControllerConfig config;
  OvsControllerFunc hear;
  gpointer user;
  NetStream *dialled; /* not up yet */
  OvsSession *session;
  gboolean connected; /* the session is established */
  gint64 backoff_ns;
  NetTimer redial;
};

static void
retry_later (OvsController *controller)
{
  gint64 max = controller->config.max_backoff_ns ? controller->config.max_backoff_ns : MAX_BACKOFF_NS;

  controller->backoff_ns = controller->backoff_ns ? MIN (controller->backoff_ns * 2, max) : MIN_BACKOFF_NS;
  net_world_timer_set (controller->world, &controller->redial,
                       net_world_now (controller->world) + controller->backoff_ns);
}

static void
established (OvsSession *session, gpointer user)
{
  OvsController *controller = user;

  (void) session;
  controller->connected = TRUE;
  controller->backoff_ns = 0;
  controller->hear (controller, TRUE, NULL, controller->user);
}

static void
session_closed (OvsSession *session, const char *why, gpointer user)
{
  OvsController *controller = user;

  (void) session;
  controller->session = NULL;
  controller->connected = FALSE;
  retry_later (controller);
  controller->hear (controller, FALSE, why, controller->user);
}

static const OvsSessionEvents session_events = { .established = established, .closed = session_closed };

static void
dial_connected (NetStream *stream, gpointer user)
{
  OvsController *controller = user;

  controller->dialled = NULL;
  controller->session = ovs_session_begin (controller->sessions, stream, controller->config.probe_ns,
                                           &session_events, controller);
}

static void
dial_closed (NetStream *stream, const char *why, gpointer user)
{
  OvsController *controller = user;

  (void) stream;
  controller->dialled = NULL;
  retry_later (controller);
  controller->hear (controller, FALSE, why, controller->user);
}

static const NetStreamEvents dial_events = { .connected = dial_connected, .closed = dial_closed };

static gboolean
dial (OvsController *controller, GError **error)
{
  controller->dialled
      = net_world_connect (controller->world, controller->target, &dial_events, controller, error);
  return controller->dialled != NULL;
}

static void
redial (NetTimer *timer, gint64 now_ns)
{
  OvsController *controller = timer->owner;

  (void) now_ns;
  if (!dial (controller, NULL))
    retry_later (controller);
}

OvsController *
ovs_controller_new (OvsSessions *sessions, NetWorld *world, const char *target,
                    const OvsControllerConfig *config, OvsControllerFunc hear, gpointer user, GError **error)
{
  g_autoptr (OvsController) controller = g_new0 (OvsController, 1);

  controller->sessions = sessions;
  controller->world = world;
  controller->target = g_strdup (target);
  controller->config = *config;
  controller->hear = hear;
  controller->user = user;
  net_timer_init (&controller->redial, redial, controller);
  return dial (controller, error) ? g_steal_pointer (&controller) : NULL;
}

void
ovs_controller_free (OvsController *controller)
{
  if (!controller)
    return;
  net_world_timer_cancel (controller->world, &controller->redial);
  if (controller->dialled)
    net_stream_close (controller->dialled);
  if (controller->session)
    ovs_session_end (controller->session);
  g_free (controller->target);
  g_free (controller);
}

const char *
ovs_controller_target (const OvsController *controller)
{
  return controller->target;
}

gboolean
ovs_controller_is_connected (const OvsController *controller)
{
  return controller->connected;
}
