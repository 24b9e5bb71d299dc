/* Uses the C ABI. */
#include <stdio.h>

#include <wirebird/wirebird.h>

int main(void)
{
    wirebird_queue_t queue;
    if (wirebird_queue_new(NULL, &queue) != WIREBIRD_OK)
        return 1;
    printf("Wirebird %s\n", wirebird_version());
    wirebird_queue_release(queue);
    return wirebird_shutdown(60000) == WIREBIRD_OK ? 0 : 1;
}
