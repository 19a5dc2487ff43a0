#include <stdio.h>

int main(void)
{
    puts("rdpwhy " RDPWHY_VERSION);
    return 0;
}
