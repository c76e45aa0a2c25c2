/* A schema with every kind of column and constraint, for tests. */
#pragma once

#define TEST_SCHEMA                                                                                          \
  "{'name':'T','version':'1.2.3','tables':{"                                                                 \
  "'A':{'isRoot':true,'columns':{'i':{'type':'integer'},"                                                    \
  "'oi':{'type':{'key':'integer','min':0,'max':1}},"                                                         \
  "'si':{'type':{'key':{'type':'integer','minInteger':0,'maxInteger':100},'min':0,'max':5}},"                \
  "'r':{'type':'real'},'b':{'type':'boolean'},"                                                              \
  "'s':{'type':{'key':{'type':'string','minLength':0,'maxLength':8}}},'u':{'type':'uuid'},"                  \
  "'m':{'type':{'key':'string','value':'integer','min':0,'max':'unlimited'}},"                               \
  "'e':{'type':{'key':{'type':'string','enum':['set',['','x','y']]}}},"                                      \
  "'imm':{'type':'string','mutable':false},'eph':{'type':'string','ephemeral':true},"                        \
  "'w':{'type':{'key':{'type':'uuid','refTable':'B','refType':'weak'},'min':0,'max':'unlimited'}},"          \
  "'st':{'type':{'key':{'type':'uuid','refTable':'C'},'min':0,'max':'unlimited'}},"                          \
  "'mc':{'type':{'key':'integer','value':{'type':'uuid','refTable':'C'},'min':0,'max':'unlimited'}}}},"      \
  "'B':{'isRoot':true,'columns':{'n':{'type':'integer'}},'indexes':[['n']],'maxRows':3},"                    \
  "'W':{'isRoot':true,'columns':{'w':{'type':{'key':{'type':'uuid','refTable':'B','refType':'weak'},"        \
  "'min':1,'max':2}}}},"                                                                                     \
  "'C':{'columns':{'n':{'type':'integer'},"                                                                  \
  "'c':{'type':{'key':{'type':'uuid','refTable':'C'},'min':0,'max':'unlimited'}}}}}}"
