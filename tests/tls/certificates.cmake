# Makes the certificates of the tests in `wirebird_certificates`, once for a build folder.
set(wirebird_certificates "${CMAKE_BINARY_DIR}/certificates")
if(NOT EXISTS "${wirebird_certificates}/made")
    execute_process(COMMAND sh "${CMAKE_CURRENT_LIST_DIR}/certificates.sh" "${wirebird_certificates}"
        RESULT_VARIABLE wirebird_certificates_failed)
    if(wirebird_certificates_failed)
        message(WARNING "The tests of TLS need certificates, which openssl has not made")
    endif()
endif()
