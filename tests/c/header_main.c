/* Links what header.c.in was compiled to in each version of C and C++. */
#include <wirebird/wirebird.h>

uint32_t version_in_header_c99(void);
uint32_t version_in_header_c11(void);
uint32_t version_in_header_c17(void);
uint32_t version_in_header_cpp11(void);
uint32_t version_in_header_cpp14(void);
uint32_t version_in_header_cpp17(void);
uint32_t version_in_header_cpp20(void);

int main(void)
{
    const uint32_t version = wirebird_abi_version();
    return version_in_header_c99() == version && version_in_header_c11() == version
            && version_in_header_c17() == version && version_in_header_cpp11() == version
            && version_in_header_cpp14() == version && version_in_header_cpp17() == version
            && version_in_header_cpp20() == version
        ? 0
        : 1;
}
