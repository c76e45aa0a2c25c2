/* Play, step and scroll. */
#include "viz/player.h"

#define FRAME_CREDIT 1000000u /* that a frame needs before it is shown */
#define STATE_CREDIT 125000u  /* and a state change */
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
  player->view = (VizView){
    .rate = 8, .names = TRUE, .ended = advance == NULL, .moment = { .hidden = VIZ_PART_MANAGEMENT }
  };
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

/* Whether so many events that are shown are known beyond the view. */
static gboolean
is_ahead (const VizPlayer *player, guint events)
{
  const VizMoment *moment = &player->view.moment;
  guint64 next = moment->n_done;

  for (guint i = 0; i < events && !player->view.ended; i++, next++)
    if ((next = viz_history_next (player->history, next, moment->hidden)) == VIZ_NO_EVENT)
      return FALSE;
  return TRUE;
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

static guint64
next_shown (const VizPlayer *player)
{
  return viz_history_next (player->history, player->view.moment.n_done, player->view.moment.hidden);
}

static guint
price_of (const VizPlayer *player, guint64 number)
{
  return viz_history_event (player->history, number)->is_packet ? FRAME_CREDIT : STATE_CREDIT;
}

/* Sets the time between what happened last and the next event, as far as that was waited for. */
static void
set_time (VizPlayer *player)
{
  VizMoment *moment = &player->view.moment;
  const VizEvent *last = moment->n_done ? viz_history_event (player->history, moment->n_done - 1) : NULL;
  guint64 next = next_shown (player);
  gint64 from = last ? last->time_ns : 0, gap = 0, part = 0;

  if (next != VIZ_NO_EVENT)
    {
      gap = MAX (viz_history_event (player->history, next)->time_ns - from, 0);
      part = (gint64) (player->credit * 1000 / price_of (player, next));
    }
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

/* To the next event that is shown; behind the last of a run, to its end. */
static gboolean
go_to_next (VizPlayer *player)
{
  guint64 next = next_shown (player);

  if (next != VIZ_NO_EVENT)
    player->view.moment.n_done = next + 1;
  else if (player->view.ended)
    player->view.moment.n_done = viz_history_n (player->history);
  return next != VIZ_NO_EVENT;
}

static void
go_back (VizPlayer *player, guint n)
{
  guint64 at = player->view.moment.n_done;

  for (guint i = 0; i <= n && at != VIZ_NO_EVENT; i++)
    at = viz_history_last (player->history, at, player->view.moment.hidden);
  go_to (player, at == VIZ_NO_EVENT ? 0 : at + 1);
}

static void
go_on (VizPlayer *player, guint n)
{
  for (guint i = 0; i < KEY_ADVANCES_MAX && !is_ahead (player, n); i++)
    advance (player);
  for (guint i = 0; i < n && go_to_next (player); i++)
    ;
  go_to (player, player->view.moment.n_done);
}

static void
go_to_first (VizPlayer *player)
{
  player->view.moment.n_done = player->history->n_forgotten;
  go_on (player, 1);
}

void
viz_player_pass (VizPlayer *player, guint64 elapsed_us)
{
  VizMoment *moment = &player->view.moment;
  guint64 next;

  if (player->view.paused || moment->n_done < player->history->n_forgotten)
    go_to (player, moment->n_done);
  if (player->view.paused)
    return;
  player->credit += MIN (elapsed_us, G_USEC_PER_SEC) * player->view.rate;
  while ((next = next_shown (player)) != VIZ_NO_EVENT && player->credit >= price_of (player, next))
    {
      player->credit -= price_of (player, next);
      go_to_next (player);
    }
  if (next == VIZ_NO_EVENT)
    {
      go_to_next (player);
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
      go_to_first (player);
      break;
    case VIZ_KEY_LAST:
      go_to (player, viz_history_n (player->history));
      break;
    default:
      go_to_drop (player);
      break;
    }
}

static void
hide_or_show (VizPlayer *player, VizPart part)
{
  player->view.moment.hidden ^= part;
  go_to (player, player->view.moment.n_done);
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
    case VIZ_KEY_MANAGEMENT:
      hide_or_show (player, VIZ_PART_MANAGEMENT);
      break;
    case VIZ_KEY_STATES:
      hide_or_show (player, VIZ_PART_STATES);
      break;
    case VIZ_KEY_HELP:
      player->view.help = !player->view.help;
      break;
    default:
      move (player, key);
      break;
    }
}
