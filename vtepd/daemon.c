/* The daemon's life. */
#include "vtepd/daemon.h"

#include "vtepd/credentials.h"
#include "vtepd/ctl.h"
#include "vtepd/files.h"
#include "vtepd/log.h"
#include "vtepd/notify.h"
#include "vtepd/privileges.h"
#include "vtepd/remotes.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const VtepdFlags *flags;
  VtepdConfig *config;
  VtepdUser user;
  VtepdOpener *opener; /* NULL: this process has never had a right to lose */
  VtepdLog *log;
  LinuxWorld *world;
  VtepdNotify *notify;
  VtepdSwitch *sw;
  OvsdbServer *server;
  VtepdRemotes *remotes;
  VtepdDrops *drops;
  VtepdTaps *taps;
  VtepdCtl *ctl;
  int pid_file;     /* -1: none */
  gboolean serving; /* all is open */
} Daemon;

static void
say (const Daemon *daemon, NetLogLevel level, const char *message)
{
  net_world_log (linux_world_seam (daemon->world), level, "vtepd", "%s", message);
}

/* ---- what the world tells ---------------------------------------------------------------------------------------- */

static NetLogLevel
log_level (const VtepdConfig *config)
{
  static const NetLogLevel levels[] = { NET_LOG_INFO, NET_LOG_DEBUG, NET_LOG_WARNING, NET_LOG_ERROR };

  return levels[config->log_level];
}

static void
on_log (LinuxWorld *world, NetLogLevel level, const char *module, const char *message, gpointer user)
{
  (void) world;
  vtepd_log_write (((Daemon *) user)->log, level, module, message);
}

static void
on_listening (LinuxWorld *world, const char *target, gpointer user)
{
  Daemon *daemon = user;
  const char *path = g_str_has_prefix (target, "punix:") ? target + strlen ("punix:") : NULL;

  if (path)
    vtepd_files_give (path, &daemon->user);
  net_world_log (linux_world_seam (world), NET_LOG_INFO, "vtepd", "listening on %s", target);
}

static void
on_sending (LinuxWorld *world, guint port, const NetFrame *frame, gpointer user)
{
  (void) world;
  vtepd_taps_frame (((Daemon *) user)->taps, port, SIM_TRACE_OUTBOUND, frame);
}

static void
on_heard (guint port, const NetFrame *frame, gpointer user)
{
  vtepd_taps_frame (((Daemon *) user)->taps, port, SIM_TRACE_INBOUND, frame);
}

static void
on_dropped (LinuxWorld *world, const NetDrop *drop, gpointer user)
{
  Daemon *daemon = user;

  vtepd_drops_add (daemon->drops, drop, net_world_now (linux_world_seam (world)));
  vtepd_taps_drop (daemon->taps, drop);
}

static void
on_port_closed (guint port, gpointer user)
{
  vtepd_drops_port_closed (((Daemon *) user)->drops, port);
}

/* ---- reloading --------------------------------------------------------------------------------------------------- */

/* What needs a restart keeps its old value, and says so. */
static void
keep_what_stays (const Daemon *daemon, VtepdConfig *config)
{
  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    if (!setting->live && !vtepd_config_same (daemon->config, config, setting))
      {
        g_autofree char *sentence = g_strdup_printf ("'%s' was changed; that takes a restart", setting->key);
        say (daemon, NET_LOG_WARNING, sentence);
        vtepd_config_copy (config, daemon->config, setting);
      }
}

static void
apply_remotes (Daemon *daemon, GPtrArray *mistakes)
{
  vtepd_remotes_set (daemon->remotes, daemon->config->remotes, mistakes);
}

static void
reload (Daemon *daemon)
{
  g_autofree char *mistakes = NULL;
  g_autoptr (VtepdConfig) config = vtepd_config_read (daemon->flags, daemon->opener, &mistakes);
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (!config)
    {
      g_auto (GStrv) lines = g_strsplit (g_strchomp (mistakes), "\n", -1);
      for (guint i = 0; lines[i]; i++)
        say (daemon, NET_LOG_ERROR, lines[i]);
      say (daemon, NET_LOG_ERROR, "the configuration stays as it was");
      return;
    }
  keep_what_stays (daemon, config);
  vtepd_switch_change (daemon->sw, config);
  vtepd_config_free (daemon->config);
  daemon->config = g_steal_pointer (&config);
  linux_world_set_log_level (daemon->world, log_level (daemon->config));
  if (!vtepd_credentials_load (daemon->world, daemon->config, daemon->opener, &error))
    g_ptr_array_add (refused, g_strdup (error->message));
  apply_remotes (daemon, refused);
  for (guint i = 0; i < refused->len; i++)
    say (daemon, NET_LOG_ERROR, g_ptr_array_index (refused, i));
  say (daemon, NET_LOG_INFO, "read the configuration again");
}

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  Daemon *daemon = user;

  if (signal == SIGHUP)
    {
      vtepd_notify_reloading (daemon->notify);
      reload (daemon);
      vtepd_notify_ready (daemon->notify, "Switching");
      return;
    }
  vtepd_notify_stopping (daemon->notify);
  linux_world_quit (world);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gboolean
make_world (Daemon *daemon, GError **error)
{
  const LinuxWorldConfig config = { .log_level = log_level (daemon->config),
                                    .log = on_log,
                                    .listening = on_listening,
                                    .sending = on_sending,
                                    .dropped = on_dropped,
                                    .user = daemon };

  daemon->world = linux_world_new (&config, error);
  if (!daemon->world || !linux_world_catch_signals (daemon->world, on_signal, daemon, error))
    return FALSE;
  daemon->drops = vtepd_drops_new ();
  daemon->taps = vtepd_taps_new (linux_world_seam (daemon->world));
  daemon->notify = vtepd_notify_new (linux_world_seam (daemon->world));
  return TRUE;
}

static gboolean
open_remotes (Daemon *daemon, GError **error)
{
  g_autoptr (GPtrArray) mistakes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL;

  daemon->server = ovsdb_server_new (linux_world_seam (daemon->world));
  ovsdb_server_add_database (daemon->server, vtepd_switch_database (daemon->sw));
  ovsdb_server_follow_managers (daemon->server, vtepd_switch_database (daemon->sw));
  daemon->remotes = vtepd_remotes_new (daemon->server);
  apply_remotes (daemon, mistakes);
  if (mistakes->len == 0)
    return TRUE;
  g_ptr_array_add (mistakes, NULL);
  all = g_strjoinv ("\nvtepd: ", (char **) mistakes->pdata);
  g_set_error_literal (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_LISTEN, all);
  return FALSE;
}

/* A place that nobody asked for may be taken or forbidden. */
static gboolean
open_ctl (Daemon *daemon, GError **error)
{
  const VtepdAbout about
      = { .world = daemon->world, .sw = daemon->sw, .drops = daemon->drops, .taps = daemon->taps };
  g_autofree char *usual = g_strdup_printf (VTEPD_CTL_DIRECTORY "/%s.ctl", daemon->config->name);
  g_autoptr (GError) problem = NULL;

  if (daemon->config->control)
    daemon->ctl = vtepd_ctl_new (&about, daemon->config->control, error);
  else
    {
      vtepd_files_make_directory (VTEPD_CTL_DIRECTORY, &daemon->user);
      daemon->ctl = vtepd_ctl_new (&about, usual, &problem);
    }
  if (problem)
    net_world_log (linux_world_seam (daemon->world), NET_LOG_WARNING, "vtepd", "vtepd ctl has no door: %s",
                   problem->message);
  return daemon->ctl || problem;
}

static gboolean
open_pid_file (Daemon *daemon, GError **error)
{
  const char *path = daemon->config->pid_file;

  if (!path)
    return TRUE;
  daemon->pid_file = vtepd_files_open_pid (path, error);
  if (daemon->pid_file < 0)
    return FALSE;
  vtepd_files_give (path, &daemon->user);
  return TRUE;
}

/* While this process has its rights still. */
static gboolean
open_all (Daemon *daemon, GError **error)
{
  const char *const files[]
      = { daemon->flags->file, daemon->config->private_key, daemon->config->certificate };

  if (!vtepd_user_find (daemon->config->user, &daemon->user, error))
    return FALSE;
  if (vtepd_privileges_have_raw ())
    daemon->opener = vtepd_opener_new (files, G_N_ELEMENTS (files), error);
  if (*error || !make_world (daemon, error)
      || !vtepd_credentials_load (daemon->world, daemon->config, daemon->opener, error))
    return FALSE;
  daemon->sw = vtepd_switch_new (&(VtepdSwitchConfig){ .world = daemon->world,
                                                       .config = daemon->config,
                                                       .opener = daemon->opener,
                                                       .heard = on_heard,
                                                       .closed = on_port_closed,
                                                       .user = daemon },
                                 error);
  return daemon->sw && open_ctl (daemon, error) && open_remotes (daemon, error)
         && open_pid_file (daemon, error);
}

/* From here on it is nobody in particular. */
static gboolean
give_up_rights (Daemon *daemon, GError **error)
{
  const char *database = daemon->config->database;
  g_autofree char *problem = NULL;

  if (database)
    vtepd_files_give_database (database, &daemon->user);
  if (!vtepd_privileges_drop (&daemon->user, error) || !vtepd_syscalls_restrict (error))
    return FALSE;
  problem = database ? vtepd_files_database_problem (database) : NULL;
  if (problem)
    say (daemon, NET_LOG_WARNING, problem);
  return TRUE;
}

/* Sessions end first, so that nobody sees the rest go. */
static void
close_all (Daemon *daemon)
{
  vtepd_remotes_free (daemon->remotes);
  ovsdb_server_free (daemon->server);
  vtepd_ctl_free (daemon->ctl);
  vtepd_switch_free (daemon->sw);
  vtepd_notify_free (daemon->notify);
  linux_world_free (daemon->world);
  vtepd_taps_free (daemon->taps);
  vtepd_drops_free (daemon->drops);
  vtepd_opener_free (daemon->opener);
  vtepd_user_clear (&daemon->user);
  if (daemon->pid_file >= 0)
    {
      unlink (daemon->config->pid_file);
      close (daemon->pid_file);
    }
  vtepd_log_free (daemon->log);
  vtepd_config_free (daemon->config);
}

int
vtepd_run (const VtepdFlags *flags, VtepdConfig *config)
{
  Daemon daemon = { .flags = flags, .config = config, .log = vtepd_log_new (config->name), .pid_file = -1 };
  g_autoptr (GError) error = NULL;
  int code = VTEPD_STOPPED;

  daemon.serving = open_all (&daemon, &error);
  if (daemon.serving && give_up_rights (&daemon, &error))
    {
      vtepd_notify_ready (daemon.notify, "Switching");
      linux_world_run (daemon.world);
      say (&daemon, NET_LOG_INFO, "stopped");
    }
  else
    {
      g_printerr ("vtepd: %s\n", error->message);
      code = VTEPD_FAILED;
    }
  close_all (&daemon);
  return code;
}
