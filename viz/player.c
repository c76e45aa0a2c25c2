/* Play, step and scroll. */
#include "viz/player.h"

#define EVENT_CREDIT 1000000u /* of one event */
#define AHEAD_EVENTS 64u      /* and an eighth of a second of play */
#define STEP_MIN     NET_MSEC
#define STEP_MAX     NET_SEC
/* Advances in one call of look-ahead: what happens within the patience of somebody at a keyboard. */
#define ADVANCES_MAX 20u
/* Advances for one key: how far beyond what is known the next event, or drop, is looked for. */
#define KEY_ADVANCES_MAX 1000u

static const guint rates[] = { 1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000, 5000, 20000 };

void
viz_player_init (VizPlayer *player, VizHistory *history, VizAdvance advance, gpointer user)
{
  *player
      = (VizPlayer){ .history = history, .advance = advance, .user = user, .step_ns = STEP_MIN, .page = 10 };
  player->view = (VizView){ .rate = 8, .ended = advance == NULL };
}

/* ---- the run ------------------------------------------------------------------------------------------- */

static void
advance (VizPlayer *player)
{
  guint64 before = viz_history_n (player->history);

  player->until_ns += player->step_ns;
  player->view.ended = !player->advance (player->user, player->until_ns);
  player->step_ns = viz_history_n (player->history) > before ? STEP_MIN : MIN (player->step_ns * 2, STEP_MAX);
}

static gboolean
is_ahead (const VizPlayer *player, guint events)
{
  return player->view.ended || viz_history_n (player->history) >= player->view.moment.n_done + events;
}

gboolean
viz_player_look_ahead (VizPlayer *player)
{
  guint events = AHEAD_EVENTS + player->view.rate / 8;

  for (guint i = 0; i < ADVANCES_MAX && !is_ahead (player, events); i++)
    advance (player);
  return is_ahead (player, events);
}

/* ---- moving -------------------------------------------------------------------------------------------- */

/* Sets the time between the last event and the next, as far as it was waited for. */
static void
set_time (VizPlayer *player)
{
  VizMoment *moment = &player->view.moment;
  const VizEvent *last = viz_moment_event (player->history, moment);
  const VizEvent *next = viz_history_event (player->history, moment->n_done);
  gint64 from = last ? last->time_ns : 0;

  gint64 gap = next && next->time_ns > from ? next->time_ns - from : 0,
         part = (gint64) (player->credit / 1000);

  moment->now_ns = from + (gap < NET_SEC ? gap * part / 1000 : gap / 1000 * part);
}

/* To a number of events that have happened, as near to it as the history goes. */
static void
go_to (VizPlayer *player, guint64 n_done)
{
  player->view.moment.n_done = CLAMP (n_done, player->history->n_forgotten, viz_history_n (player->history));
  player->credit = 0;
  set_time (player);
}

static void
go_back (VizPlayer *player, guint64 n)
{
  guint64 n_done = player->view.moment.n_done;
  go_to (player, n_done > n ? n_done - n : 0);
}

static void
go_on (VizPlayer *player, guint64 n)
{
  for (guint i = 0; i < KEY_ADVANCES_MAX && !is_ahead (player, (guint) n); i++)
    advance (player);
  go_to (player, player->view.moment.n_done + n);
}

void
viz_player_pass (VizPlayer *player, guint64 elapsed_us)
{
  VizMoment *moment = &player->view.moment;
  guint64 n = viz_history_n (player->history);

  if (player->view.paused || moment->n_done < player->history->n_forgotten)
    go_to (player, moment->n_done);
  if (player->view.paused)
    return;
  player->credit += MIN (elapsed_us, EVENT_CREDIT) * player->view.rate;
  moment->n_done += player->credit / EVENT_CREDIT;
  player->credit %= EVENT_CREDIT;
  if (moment->n_done >= n)
    {
      moment->n_done = n;
      player->credit = 0;
    }
  set_time (player);
}

static void
go_to_drop (VizPlayer *player)
{
  guint64 at = player->view.moment.n_done;

  for (guint i = 0; i < KEY_ADVANCES_MAX; i++)
    {
      const VizEvent *event;
      for (at = MAX (at, player->history->n_forgotten); (event = viz_history_event (player->history, at));
           at++)
        if (event->is_packet && event->drop != NET_DROP_NONE)
          {
            go_to (player, at + 1);
            return;
          }
      if (player->view.ended)
        break;
      advance (player);
    }
  go_to (player, viz_history_n (player->history));
}

static void
change_rate (VizPlayer *player, gboolean faster)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (rates) && rates[i] < player->view.rate)
    i++;
  if (faster && i + 1 < G_N_ELEMENTS (rates))
    i++;
  else if (!faster && i > 0)
    i--;
  player->view.rate = rates[i];
}

static void
move (VizPlayer *player, VizKey key)
{
  player->view.paused = TRUE;
  switch (key)
    {
    case VIZ_KEY_STEP:
      go_on (player, 1);
      break;
    case VIZ_KEY_BACK:
      go_back (player, 1);
      break;
    case VIZ_KEY_PAGE_ON:
      go_on (player, player->page);
      break;
    case VIZ_KEY_PAGE_BACK:
      go_back (player, player->page);
      break;
    case VIZ_KEY_FIRST:
      go_to (player, 1);
      break;
    case VIZ_KEY_LAST:
      go_to (player, viz_history_n (player->history));
      break;
    default:
      go_to_drop (player);
      break;
    }
}

void
viz_player_key (VizPlayer *player, VizKey key)
{
  switch (key)
    {
    case VIZ_KEY_PAUSE:
      player->view.paused = !player->view.paused;
      break;
    case VIZ_KEY_FASTER:
    case VIZ_KEY_SLOWER:
      change_rate (player, key == VIZ_KEY_FASTER);
      break;
    case VIZ_KEY_NAMES:
      player->view.names = !player->view.names;
      break;
    case VIZ_KEY_HELP:
      player->view.help = !player->view.help;
      break;
    default:
      move (player, key);
      break;
    }
}
