#include "header.inc"

uint32_t version_in_c99(void);

uint32_t version_in_c99(void)
{
    return wirebird_abi_version();
}
