#ifndef RDPWHY_COMMAND_JUDGE_H
#define RDPWHY_COMMAND_JUDGE_H

int command_judge(int argc, char **argv);

#endif
