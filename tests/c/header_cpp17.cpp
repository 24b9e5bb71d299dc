#include "header.inc"

extern "C" uint32_t version_in_c99(void);
extern "C" uint32_t version_in_c11(void);

int main()
{
    const uint32_t version = wirebird_abi_version();
    return version_in_c99() == version && version_in_c11() == version ? 0 : 1;
}
