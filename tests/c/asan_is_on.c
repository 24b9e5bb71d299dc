/* Writes past an allocation: has to be caught, else the sanitized tests prove nothing. */
#include <stdlib.h>

int main(int argc, char **argv)
{
    (void)argv;
    volatile char *bytes = malloc(8);
    bytes[7 + argc] = 'x';
    free((void *)bytes);
    return 0;
}
