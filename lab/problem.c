/* Collecting, sorting and drawing mistakes; nearness of names. */
#include "lab/problem.h"

#include <string.h>

#define MAX_SHOWN 100u

typedef struct
{
  const LabYamlSource *source;
  char *name, *message;
  guint line, column;
} Problem;

typedef struct
{
  gpointer owner;
  GDestroyNotify destroy;
} Kept;

struct _LabProblems
{
  GArray *list; /* of Problem */
  GArray *kept; /* of Kept: what `source` pointers lead into */
};

static void
kept_clear (gpointer data)
{
  Kept *kept = data;
  kept->destroy (kept->owner);
}

static void
problem_clear (gpointer data)
{
  Problem *problem = data;
  g_free (problem->name);
  g_free (problem->message);
}

LabProblems *
lab_problems_new (void)
{
  LabProblems *problems = g_new0 (LabProblems, 1);
  problems->list = g_array_new (FALSE, FALSE, sizeof (Problem));
  g_array_set_clear_func (problems->list, problem_clear);
  problems->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (problems->kept, kept_clear);
  return problems;
}

void
lab_problems_free (LabProblems *problems)
{
  if (!problems)
    return;
  g_array_unref (problems->list);
  g_array_unref (problems->kept);
  g_free (problems);
}

void
lab_problems_keep (LabProblems *problems, gpointer owner, GDestroyNotify destroy)
{
  Kept kept = { owner, destroy };
  g_array_append_val (problems->kept, kept);
}

guint
lab_problems_n (const LabProblems *problems)
{
  return problems->list->len;
}

void
lab_problem_at (LabProblems *problems, const LabYamlSource *source, const char *name, guint line,
                guint column, const char *message)
{
  Problem problem = { source, NULL, NULL, line, column };

  for (guint i = 0; i < problems->list->len; i++)
    {
      const Problem *p = &g_array_index (problems->list, Problem, i);
      if (p->source == source && p->line == line && p->column == column && strcmp (p->message, message) == 0)
        return;
    }
  problem.name = g_strdup (name);
  problem.message = g_strdup (message);
  g_array_append_val (problems->list, problem);
}

void
lab_problem (LabProblems *problems, const LabYaml *at, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  lab_problem_at (problems, at->source, at->source->name, at->line, at->column, message);
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  const Problem *p = a, *q = b;
  int order = strcmp (p->name, q->name);
  if (order == 0)
    order = (p->line > q->line) - (p->line < q->line);
  if (order == 0)
    order = (p->column > q->column) - (p->column < q->column);
  return order ? order : strcmp (p->message, q->message);
}

/* The bytes of the line before the column, with tabs kept so that the caret stands right. */
static void
draw_caret (GString *out, const char *line, guint column)
{
  const char *at = line;
  for (guint i = 1; i < column && *at; i++, at = g_utf8_next_char (at))
    g_string_append_c (out, *at == '\t' ? '\t' : ' ');
  g_string_append (out, "^\n");
}

char *
lab_problems_format (const LabProblems *problems)
{
  GString *out = g_string_new (NULL);

  g_array_sort (problems->list, by_place);
  for (guint i = 0; i < problems->list->len; i++)
    {
      const Problem *p = &g_array_index (problems->list, Problem, i);
      const char *line;

      if (i == MAX_SHOWN)
        {
          g_string_append_printf (out, "… and %u more\n", problems->list->len - i);
          break;
        }
      g_string_append_printf (out, "%s:%u:%u: %s\n", p->name, p->line, p->column, p->message);
      if (!p->source || p->line == 0 || p->line > g_strv_length (p->source->lines))
        continue;
      line = p->source->lines[p->line - 1];
      g_string_append_printf (out, "%5u | %s\n      | ", p->line, line);
      draw_caret (out, line, p->column);
    }
  return g_string_free (out, FALSE);
}

/* Edit distance (insert, delete, replace, swap of neighbours), bounded by the length of names. */
static guint
distance (const char *a, const char *b)
{
  enum
  {
    MAX = 48
  };
  gsize n = strlen (a), m = strlen (b);
  guint rows[3][MAX + 1];
  guint *before = rows[0], *last = rows[1], *row = rows[2];

  if (n > MAX || m > MAX)
    return G_MAXUINT;
  for (gsize j = 0; j <= m; j++)
    last[j] = (guint) j;
  for (gsize i = 1; i <= n; i++)
    {
      guint *spare = before;
      row[0] = (guint) i;
      for (gsize j = 1; j <= m; j++)
        {
          row[j] = MIN (MIN (last[j] + 1, row[j - 1] + 1), last[j - 1] + (a[i - 1] != b[j - 1]));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], before[j - 2] + 1);
        }
      before = last;
      last = row;
      row = spare;
    }
  return last[m];
}

const char *
lab_problem_nearest (const char *wrong, const char *const *names)
{
  const char *best = NULL;
  gsize length = strlen (wrong);
  /* A third of the letters may be wrong; of one or two letters none. */
  guint best_distance = length < 3 ? 1 : (guint) (length / 3) + 1;

  for (; names && *names; names++)
    {
      guint d = distance (wrong, *names);
      if (d < best_distance)
        {
          best_distance = d;
          best = *names;
        }
    }
  return best;
}

char *
lab_problem_hint (const char *wrong, const char *const *names)
{
  const char *near = lab_problem_nearest (wrong, names);
  g_autofree char *all = NULL;

  if (near)
    return g_strdup_printf ("; did you mean '%s'?", near);
  if (!names || !*names)
    return g_strdup ("; there is none");
  all = g_strjoinv (", ", (char **) names);
  return g_strdup_printf ("; there is %s", all);
}
