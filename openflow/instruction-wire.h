/* Numbers of instructions on the wire (1.3.5 §7.2.4). */
#pragma once

typedef enum
{
  INSTRUCTION_GOTO = 1,
  INSTRUCTION_METADATA = 2,
  INSTRUCTION_WRITE = 3,
  INSTRUCTION_APPLY = 4,
  INSTRUCTION_CLEAR = 5,
  INSTRUCTION_METER = 6,
  INSTRUCTION_EXPERIMENTER = 0xffff
} InstructionType;
