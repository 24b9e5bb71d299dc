#include "header.inc"

uint32_t version_in_c11(void);

uint32_t version_in_c11(void)
{
    return wirebird_abi_version();
}
