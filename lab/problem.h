/* What is wrong with a scenario, or another file of the kind: every mistake with its place, shown with the line and a caret, all at once. */
#pragma once

#include "lab/yaml.h"

G_BEGIN_DECLS

typedef struct _LabProblems LabProblems;

LabProblems *lab_problems_new (void);
void lab_problems_free (LabProblems *problems);
guint lab_problems_n (const LabProblems *problems);

/* "what is wrong; what would be right" at a node.  The same sentence at the same place is kept once. */
void lab_problem (LabProblems *problems, const LabYaml *at, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same, by position; `source` may be NULL (no line is shown then). */
void lab_problem_at (LabProblems *problems, const LabYamlSource *source, const char *name, guint line,
                     guint column, const char *message);

/* Keeps who owns the text that problems point into, as a scenario, as long as they are there. */
void lab_problems_keep (LabProblems *problems, gpointer owner, GDestroyNotify destroy);

/* "file:line:column: sentence" with line and caret for each, in the order of the file. */
char *lab_problems_format (const LabProblems *problems);

/* The name among `names` that `wrong` was probably meant to be, or NULL; borrowed. */
const char *lab_problem_nearest (const char *wrong, const char *const *names);
/* "; did you mean 'em3'?" when a name is near, else "; there is em1, em3", "; there is none".  Free it. */
char *lab_problem_hint (const char *wrong, const char *const *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabProblems, lab_problems_free)

G_END_DECLS
