/* The timeline's state: which entry is next, and which are under way. */
#include "lab/director.h"

#include "lab/work.h"

struct _LabDirector
{
  LabNet *net;
  const LabLedger *ledger;
  guint next;                   /* index of the entry that has not begun */
  GArray *works;                /* of LabWork, in the order in which they began */
  gint64 began_ns, patience_ns; /* of the entry before */
  GPtrArray *refusals;          /* borrowed */
  char *stuck;
};

LabDirector *
lab_director_new (LabNet *net, const LabLedger *ledger, GPtrArray *refusals)
{
  LabDirector *director = g_new0 (LabDirector, 1);
  director->net = net;
  director->ledger = ledger;
  director->works = g_array_new (FALSE, FALSE, sizeof (LabWork));
  director->refusals = refusals;
  director->patience_ns = LAB_PATIENCE;
  return director;
}

void
lab_director_free (LabDirector *director)
{
  if (!director)
    return;
  g_array_unref (director->works);
  g_free (director->stuck);
  g_free (director);
}

static void
begin (LabDirector *director, const LabAction *action, gint64 now_ns)
{
  g_autofree char *refusal
      = lab_work_begin (director->works, director->net, director->ledger, action, now_ns);
  const LabWork *work = &g_array_index (director->works, LabWork, director->works->len - 1);

  director->next++;
  director->began_ns = now_ns;
  director->patience_ns = lab_work_expected_end (work) + LAB_PATIENCE;
  if (refusal)
    g_ptr_array_add (director->refusals,
                     g_strdup_printf ("%s:%u: %s", action->at->source->name, action->at->line, refusal));
}

/* Lets those under way go on, and forgets the ones that are over. */
static void
step_all (LabDirector *director, gint64 now_ns)
{
  for (guint i = 0; i < director->works->len;)
    {
      LabWork *work = &g_array_index (director->works, LabWork, i);
      lab_work_step (work, director->net, director->ledger, now_ns);
      if (work->over)
        g_array_remove_index (director->works, i);
      else
        i++;
    }
}

static gboolean
is_previous_over (const LabDirector *director)
{
  const LabWork *last;

  if (director->next == 0 || director->works->len == 0)
    return TRUE;
  last = &g_array_index (director->works, LabWork, director->works->len - 1);
  return last->over || last->action != director->net->scenario->actions->pdata[director->next - 1];
}

/* When an entry may begin: a time, or G_MAXINT64 for "not before something happens". */
static gint64
due (const LabDirector *director, const LabAction *action, gint64 now_ns)
{
  gint64 since;

  switch (action->when)
    {
    case LAB_AT_TIME:
      return MAX (action->time_ns, now_ns);
    case LAB_AFTER_PREVIOUS:
      return MAX (director->began_ns + action->time_ns, now_ns);
    case LAB_AFTER_CONVERGED:
      if (!director->net->controller)
        return now_ns;
      if (director->net->telling)
        return G_MAXINT64;
      since = lab_ledger_converged_since (director->ledger);
      return since < 0
                 ? G_MAXINT64
                 : MAX (MAX (MAX (since, director->began_ns), director->net->told_ns) + LAB_CALM, now_ns);
    case LAB_AFTER_DONE:
    default:
      return is_previous_over (director) ? now_ns : G_MAXINT64;
    }
}

static void
give_up (LabDirector *director, const LabAction *action)
{
  director->stuck = g_strdup_printf ("%s:%u:%u: waited %d s for %s in vain", action->at->source->name,
                                     action->at->line, action->at->column, (int) (LAB_PATIENCE / SIM_SEC),
                                     action->when == LAB_AFTER_CONVERGED ? "the controller to converge"
                                                                         : "the entry before to finish");
}

/* When those under way have to act again, or have been waited for long enough. */
static gint64
next_of_works (const LabDirector *director, gint64 now_ns)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < director->works->len; i++)
    {
      const LabWork *work = &g_array_index (director->works, LabWork, i);
      gint64 patience = lab_work_expected_end (work) + LAB_PATIENCE;
      if (work->next_ns != G_MAXINT64)
        next = MIN (next, work->next_ns);
      else if (!work->over && patience > now_ns)
        next = MIN (next, patience);
    }
  return next;
}

/* Begins what is due.  When the next entry may begin; G_MAXINT64: none follows. */
static gint64
begin_due (LabDirector *director, gint64 now_ns)
{
  const GPtrArray *actions = director->net->scenario->actions;

  while (director->next < actions->len && !director->stuck)
    {
      const LabAction *action = actions->pdata[director->next];
      gint64 at_ns = due (director, action, now_ns);
      if (at_ns == G_MAXINT64 && now_ns >= director->patience_ns)
        give_up (director, action);
      else if (at_ns > now_ns)
        return MIN (at_ns, at_ns == G_MAXINT64 ? director->patience_ns : at_ns);
      else
        begin (director, action, now_ns);
    }
  return G_MAXINT64;
}

gint64
lab_director_act (LabDirector *director, gint64 now_ns)
{
  gint64 next_ns;

  step_all (director, now_ns);
  next_ns = begin_due (director, now_ns);
  next_ns = MIN (next_ns, next_of_works (director, now_ns));
  return next_ns == G_MAXINT64 ? -1 : next_ns;
}

const char *
lab_director_stuck (const LabDirector *director)
{
  return director->stuck;
}
